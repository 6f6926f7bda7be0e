import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitUnknownError, ConnectionPool, type PoolOptions } from 'offloop'
import { closeSite, type Server, startServer } from '../../scripts/servers/index.ts'

/** A primary of MariaDB and a replica that follows it; commits wait for the replica to have them (semi-synchronous). */
describe('MariaDB, a primary and its replica', () => {
  let primary: Server
  let replica: Server

  before(async () => {
    const settings = { log_bin: 'binlog', log_slave_updates: 'ON', gtid_strict_mode: 'ON' }
    const waiting = { 'rpl-semi-sync-master-enabled': 'ON', 'rpl-semi-sync-master-timeout': 60_000 }
    primary = await startServer('mariadb', { settings: { ...settings, ...waiting, server_id: 1 } })
    replica = await startServer('mariadb', {
      settings: { ...settings, server_id: 2, read_only: 'ON', 'rpl-semi-sync-slave-enabled': 'ON' },
    })
    await using own = new ConnectionPool(replica.url(''))
    const source = `MASTER_HOST = '127.0.0.1', MASTER_PORT = ${primary.port}, MASTER_USER = 'offloop'`
    await own.runOperation(`CHANGE MASTER TO ${source}, MASTER_USE_GTID = slave_pos`)
    await own.runOperation('START SLAVE')
    await using pool = open()
    await pool.runOperation('CREATE DATABASE bank')
  })

  after(async () => {
    await replica?.remove()
    await primary?.remove()
    await closeSite()
  })

  const open = (options: PoolOptions = {}) => {
    // The replica first: the order means nothing.
    const hosts = [replica, primary].map(({ port }) => `127.0.0.1:${port}`).join()
    return new ConnectionPool(`mariadb://offloop@${hosts}/`, { max: 4, acquireTimeout: 20_000, ...options })
  }
  const portOf = async (pool: ConnectionPool, readOnly: boolean) =>
    await pool.runInteraction({ readOnly }, async (txn) => {
      const [row] = await txn.query<{ port: number }>('SELECT @@port AS port')
      return row?.port
    })
  const roles = (pool: ConnectionPool) => pool.stats().hosts?.map(({ role }) => role)

  /** Waits until it is so, for some seconds at most. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 20_000
    while (!(await isSo())) {
      assert.ok(performance.now() < end, 'it did not come about')
      await delay(20)
    }
  }

  test('the servers say what they are; whoever has written reads what he wrote', async () => {
    await using pool = open()
    await pool.runOperation('CREATE TABLE bank.seen (id int PRIMARY KEY)')
    await until(() => roles(pool)?.join() === 'replica,primary')
    await until(async () => (await portOf(pool, true)) === replica.port)
    assert.equal(await portOf(pool, false), primary.port)
    await using ofReplica = new ConnectionPool(replica.url(''))
    await ofReplica.runOperation('STOP SLAVE SQL_THREAD')
    try {
      for (let id = 1; id <= 20; id++) {
        await pool.runOperation('INSERT INTO bank.seen VALUES (?)', [id])
        const rows = await pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT id FROM bank.seen'))
        assert.equal(rows.length, id)
      }
      assert.deepEqual(await ofReplica.runQuery('SELECT id FROM bank.seen'), [])
    } finally {
      await ofReplica.runOperation('START SLAVE SQL_THREAD')
    }
    await until(async () => (await portOf(pool, true)) === replica.port)
  })

  test('F46 F48 the primary is killed under load, the replica promoted: nothing acknowledged is lost', async (t) => {
    await using pool = open({ max: 6 })
    await pool.runOperation('CREATE TABLE bank.kept (id int PRIMARY KEY)')
    await until(async () => {
      const rows = await pool.runQuery<[string, string]>("SHOW STATUS LIKE 'Rpl_semi_sync_master_%'", [], {
        rowMode: 'array',
      })
      const said = new Map(rows)
      return said.get('Rpl_semi_sync_master_status') === 'ON' && said.get('Rpl_semi_sync_master_clients') === '1'
    })
    const acknowledged: number[] = []
    const unknown: number[] = []
    let id = 0
    let isOver = false
    const writer = async () => {
      while (!isOver) {
        const own = ++id
        try {
          await pool.runInteraction({ retry: 5 }, (txn) => txn.query('INSERT INTO bank.kept VALUES (?)', [own]))
          acknowledged.push(own)
        } catch (error) {
          if (error instanceof CommitUnknownError) unknown.push(own)
          else t.diagnostic(String(error).slice(0, 200))
        }
      }
    }
    const writers = Promise.all(Array.from({ length: 8 }, writer))
    try {
      await until(() => acknowledged.length > 200)
      await primary.kill()
      await using ofReplica = new ConnectionPool(replica.url(''))
      await ofReplica.runOperation('STOP SLAVE IO_THREAD')
      // What was received is applied before anybody writes.
      await until(async () => {
        const [row] = await ofReplica.runQuery('SHOW ALL SLAVES STATUS')
        return String(row?.Slave_SQL_Running_State).includes('has read all relay log')
      })
      await ofReplica.runOperation('STOP SLAVE')
      await ofReplica.runOperation('SET GLOBAL read_only = 0')
      const promotedAt = performance.now()
      const before = acknowledged.length
      await until(() => acknowledged.length > before)
      t.diagnostic(`first write ${Math.round(performance.now() - promotedAt)} ms after the promotion had ended`)
      await until(() => acknowledged.length > before + 300)
    } finally {
      isOver = true
      await writers
    }
    const rows = await pool.runQuery<[number]>('SELECT id FROM bank.kept', [], { rowMode: 'array' })
    const kept = new Set(rows.map(([one]) => one))
    assert.deepEqual(
      acknowledged.filter((one) => !kept.has(one)),
      [],
    )
    assert.deepEqual(roles(pool), ['primary', 'away'])
    t.diagnostic(`${acknowledged.length} acknowledged, 0 lost; ${unknown.length} unknown`)
  })
})
