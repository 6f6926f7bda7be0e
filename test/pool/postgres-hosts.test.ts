import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitUnknownError, ConnectionPool, type PoolOptions } from 'offloop'
import { accountFor } from '../../scripts/servers/account.ts'
import { closeSite, type Server, startServer } from '../../scripts/servers/index.ts'
import { run } from '../../scripts/servers/run.ts'

/** A primary of PostgreSQL and a replica that it streams to; commits wait for the replica to have them. */
describe('PostgreSQL, a primary and its replica', () => {
  let primary: Server
  let replica: Server

  before(async () => {
    primary = await startServer('postgres', { settings: { wal_level: 'replica', synchronous_commit: 'on' } })
    await primary.stop()
    const account = accountFor(['postgres'])
    replica = await startServer('postgres', {
      settings: { primary_conninfo: `host=127.0.0.1 port=${primary.port} user=offloop`, hot_standby: 'on' },
      async data(folder) {
        await run(['cp', '-Rp', join(primary.folder, 'data'), folder], { account })
        await run(['touch', join(folder, 'standby.signal')], { account })
      },
    })
    await primary.start()
  })

  after(async () => {
    await replica?.remove()
    await primary?.remove()
    await closeSite()
  })

  const open = (options: PoolOptions = {}) => {
    const url = `postgres://offloop@127.0.0.1:${primary.port},127.0.0.1:${replica.port}/postgres`
    return new ConnectionPool(url, { max: 4, acquireTimeout: 20_000, maxStaleness: 2000, ...options })
  }
  const portOf = async (pool: ConnectionPool, readOnly: boolean) =>
    await pool.runInteraction({ readOnly }, async (txn) => {
      const [row] = await txn.query<{ port: number }>('SELECT inet_server_port() AS port')
      return row?.port
    })

  /** Waits until it is so, for some seconds at most. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 20_000
    while (!(await isSo())) {
      assert.ok(performance.now() < end, 'it did not come about')
      await delay(20)
    }
  }
  const roles = (pool: ConnectionPool) => pool.stats().hosts?.map(({ role }) => role)

  test('the servers say what they are: writes go to the one, what only reads to the other', async () => {
    await using pool = open()
    await pool.runOperation('CREATE TABLE seen (id int PRIMARY KEY)')
    await until(() => roles(pool)?.join() === 'primary,replica')
    await until(async () => (await portOf(pool, true)) === replica.port)
    assert.equal(await portOf(pool, false), primary.port)
  })

  test('whoever has written reads what he wrote, however far the replica is behind', async () => {
    await using pool = open({ maxStaleness: Number.POSITIVE_INFINITY })
    await pool.runQuery('SELECT 1')
    await until(async () => (await portOf(pool, true)) === replica.port)
    const ofReplica = new ConnectionPool(replica.url())
    await ofReplica.runQuery('SELECT pg_wal_replay_pause()')
    const count = (on: ConnectionPool) =>
      on.runInteraction(
        { readOnly: true },
        async (txn) => (await txn.query<{ n: number }>('SELECT count(*) AS n FROM seen'))[0]?.n,
      )
    try {
      for (let id = 1; id <= 20; id++) {
        await pool.runOperation('INSERT INTO seen VALUES ($1)', [id])
        assert.equal(await count(pool), id)
      }
      assert.equal(await count(ofReplica), 0)
    } finally {
      await ofReplica.runQuery('SELECT pg_wal_replay_resume()')
      await ofReplica.close()
    }
    await until(async () => (await portOf(pool, true)) === replica.port)
    assert.equal(await count(pool), 20)
  })

  test('F46 F48 F67 the primary is killed under load, the replica promoted: nothing acknowledged is lost', async (t) => {
    await using pool = open({ max: 6 })
    await pool.runOperation('CREATE TABLE kept (id int PRIMARY KEY)')
    await pool.runOperation("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await pool.runQuery('SELECT pg_reload_conf()')
    await until(async () => {
      const rows = await pool.runQuery<{ sync_state: string }>('SELECT sync_state FROM pg_stat_replication')
      return rows[0]?.sync_state === 'sync'
    })
    const acknowledged: number[] = []
    const unknown: number[] = []
    let id = 0
    let isOver = false
    let firstAfter = 0
    let promotedAt = Number.POSITIVE_INFINITY
    const writer = async () => {
      while (!isOver) {
        const own = ++id
        try {
          await pool.runInteraction({ retry: 5 }, (txn) => txn.query('INSERT INTO kept VALUES ($1)', [own]))
          acknowledged.push(own)
          if (firstAfter === 0 && performance.now() > promotedAt) firstAfter = performance.now() - promotedAt
        } catch (error) {
          if (error instanceof CommitUnknownError) unknown.push(own)
          else t.diagnostic(String(error).slice(0, 200))
        }
      }
    }
    const writers = Promise.all(Array.from({ length: 8 }, writer))
    await until(() => acknowledged.length > 200)
    const before = acknowledged.length
    await primary.kill()
    await delay(1000)
    const ofReplica = new ConnectionPool(replica.url())
    await ofReplica.runQuery('SELECT pg_promote()')
    promotedAt = performance.now()
    await ofReplica.close()
    await until(() => acknowledged.length > before + 500)
    isOver = true
    await writers
    const rows = await pool.runQuery<[number]>('SELECT id FROM kept', [], { rowMode: 'array' })
    const kept = new Set(rows.map(([one]) => one))
    assert.deepEqual(
      acknowledged.filter((one) => !kept.has(one)),
      [],
    )
    assert.equal(roles(pool)?.[1], 'primary')
    const known = unknown.filter((one) => kept.has(one)).length
    t.diagnostic(`${acknowledged.length} acknowledged, 0 lost; ${unknown.length} unknown, ${known} of them committed`)
    t.diagnostic(`first write ${Math.round(firstAfter)} ms after the promotion had ended`)
    assert.ok(firstAfter < 5000)
  })
})
