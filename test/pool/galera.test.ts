import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitUnknownError, ConnectionLostError, ConnectionPool, OperationalError, type PoolOptions } from 'offloop'
import { Galera, whyNoGalera } from '../../scripts/servers/galera.ts'
import { closeSite, type Server } from '../../scripts/servers/index.ts'
import { refused } from './expect.ts'

const skip = process.env.CI ? false : ((await whyNoGalera()) ?? false)

/** A cluster of three nodes that all take writes. */
describe('MariaDB Galera, three nodes', { skip }, () => {
  let cluster: Galera

  before(async () => {
    cluster = await Galera.start()
    await using pool = open()
    await until(() => roles(pool).every((role) => role === 'primary') || pool.runQuery('DO 0').then(() => false))
    await pool.runOperation('CREATE DATABASE bank')
  })

  after(async () => {
    await cluster?.remove()
    await closeSite()
  })

  const open = (options: PoolOptions = {}) => {
    const hosts = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join()
    const pool = new ConnectionPool(`mariadb://offloop@${hosts}/`, { max: 4, acquireTimeout: 20_000, ...options })
    return pool
  }
  const roles = (pool: ConnectionPool) => pool.stats().hosts?.map(({ role }) => role) ?? []
  const nodeOf = async (pool: ConnectionPool, readOnly = false): Promise<number> =>
    await pool.runInteraction({ readOnly }, async (txn) => {
      const [row] = await txn.query<{ name: string }>('SELECT @@wsrep_node_name AS name')
      return Number(row?.name.at(-1))
    })
  /** Which nodes serve four who read at the same time, so that nobody can be served behind another. */
  const nodesOfFour = async (pool: ConnectionPool) => {
    const all = Promise.withResolvers<void>()
    let there = 0
    const reader = () =>
      pool.runInteraction({ readOnly: true }, async (txn) => {
        const [row] = await txn.query<{ name: string }>('SELECT @@wsrep_node_name AS name')
        if (++there === 4) all.resolve()
        await all.promise
        return Number(row?.name.at(-1))
      })
    return await Promise.all([reader(), reader(), reader(), reader()])
  }
  const idsIn = async (pool: ConnectionPool, table: string) =>
    new Set((await pool.runQuery<[number]>(`SELECT id FROM ${table}`, [], { rowMode: 'array' })).map(([id]) => id))

  /** Waits until it is so, for some seconds at most. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 20_000
    while (!(await isSo())) {
      assert.ok(performance.now() < end, 'it did not come about')
      await delay(20)
    }
  }

  /** Eight writers until they are told to stop; what they were told of each row. */
  function load(t: TestContext, pool: ConnectionPool, table: string) {
    const told = { acknowledged: [] as number[], unknown: [] as number[], failed: [] as number[] }
    let id = 0
    let isOver = false
    const writer = async () => {
      while (!isOver) {
        const own = ++id
        try {
          await pool.runInteraction({ retry: 5 }, (txn) => txn.query(`INSERT INTO ${table} VALUES (?)`, [own]))
          told.acknowledged.push(own)
        } catch (error) {
          if (error instanceof CommitUnknownError) told.unknown.push(own)
          else {
            told.failed.push(own)
            t.diagnostic(String(error).slice(0, 200))
          }
        }
      }
    }
    const writers = Promise.all(Array.from({ length: 8 }, writer))
    const grows = (by: number) => {
      const { length } = told.acknowledged
      return until(() => told.acknowledged.length > length + by)
    }
    const stop = async () => {
      isOver = true
      await writers
    }
    return { told, grows, stop, [Symbol.asyncDispose]: stop }
  }

  /** Nothing that was acknowledged is missing on any of these nodes, and all have the same. */
  async function compare(
    t: TestContext,
    nodes: readonly Server[],
    table: string,
    told: ReturnType<typeof load>['told'],
  ) {
    const counts: number[] = []
    for (const node of nodes) {
      await using pool = new ConnectionPool(node.url('bank'))
      // The node first takes in all that the cluster has committed.
      await pool.runWithConnection(async (connection) => {
        await connection.query('SET SESSION wsrep_sync_wait = 1')
        const rows = await connection.query<{ id: number }>(`SELECT id FROM ${table}`)
        const kept = new Set(rows.map(({ id }) => id))
        counts.push(kept.size)
        assert.deepEqual(
          told.acknowledged.filter((id) => !kept.has(id)),
          [],
          'acknowledged and lost',
        )
        assert.deepEqual(
          told.failed.filter((id) => kept.has(id)),
          [],
          'failed and kept',
        )
      })
    }
    assert.equal(new Set(counts).size, 1, `the nodes have ${counts.join(', ')} rows`)
    const { acknowledged, unknown, failed } = told
    t.diagnostic(`${acknowledged.length} acknowledged, 0 lost; ${unknown.length} unknown, ${failed.length} failed`)
  }

  test('all nodes take writes: those of the pool go to one, what only reads to the others', async () => {
    await using pool = open()
    const writing = await nodeOf(pool)
    await until(() => roles(pool).join() === 'primary,primary,primary')
    const others = [0, 1, 2].filter((node) => node !== writing)
    await until(async () => {
      const nodes = await nodesOfFour(pool)
      return others.every((node) => nodes.includes(node)) && !nodes.includes(writing)
    })
    assert.equal(await nodeOf(pool), writing)
  })

  test('whoever has written reads what he wrote', async () => {
    await using pool = open()
    await pool.runOperation('CREATE TABLE bank.seen (id int PRIMARY KEY)')
    for (let id = 1; id <= 30; id++) {
      await pool.runOperation('INSERT INTO bank.seen VALUES (?)', [id])
      const rows = await pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT id FROM bank.seen'))
      assert.equal(rows.length, id)
    }
  })

  test('F61 P6 a conflict with a write on another node is a deadlock, found at COMMIT, and worth another attempt', async () => {
    const [one, other] = cluster.nodes.map((node) => new ConnectionPool(node.url(''))) as [
      ConnectionPool,
      ConnectionPool,
    ]
    try {
      await one.runOperation('CREATE TABLE bank.accounts (id int PRIMARY KEY, cents int)')
      await one.runOperation('INSERT INTO bank.accounts VALUES (1, 0)')
      await until(async () => (await idsIn(other, 'bank.accounts').catch(() => new Set())).has(1))
      const add = 'UPDATE bank.accounts SET cents = cents + 1 WHERE id = 1'
      await refused(
        () =>
          one.runInteraction(async (txn) => {
            await txn.query(add)
            await other.runOperation(add)
          }),
        OperationalError,
        { code: 'ER_1213', kind: 'deadlock' },
      )
      const adders = [one, other].flatMap((pool) => Array.from({ length: 20 }, () => pool))
      await Promise.all(adders.map((pool) => pool.runInteraction({ retry: 50 }, (txn) => txn.query(add))))
      const [row] = await one.runQuery<{ cents: number }>('SELECT cents FROM bank.accounts')
      assert.equal(row?.cents, 41)
    } finally {
      await Promise.all([one.close(), other.close()])
    }
  })
  test('a node that is cut off from the others (error 1047) is no target; it is one again when it is back', async (t) => {
    await using pool = open()
    await pool.runOperation('CREATE TABLE bank.cut (id int PRIMARY KEY)')
    const writing = await nodeOf(pool)
    await using cut = new ConnectionPool((cluster.nodes[writing] as Server).url(''))
    const isolate = (how: number) => cut.runOperation(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${how}'`)
    await using writers = load(t, pool, 'bank.cut')
    const { told, grows, stop } = writers
    await grows(100)
    await isolate(1)
    try {
      await until(() => roles(pool)[writing] === 'away')
      await grows(200)
      assert.notEqual(await nodeOf(pool), writing)
      await refused(() => cut.runQuery('SELECT count(*) FROM bank.cut'), ConnectionLostError, {
        code: 'ER_1047',
        kind: 'connectionLost',
      })
    } finally {
      await isolate(0)
    }
    await until(() => roles(pool)[writing] === 'primary')
    await grows(50)
    await stop()
    await compare(t, cluster.nodes, 'bank.cut', told)
  })

  test('F46 F48 a node is killed under load: writes go on elsewhere, nothing acknowledged is lost, and it comes back', async (t) => {
    await using pool = open({ max: 6 })
    await pool.runOperation('CREATE TABLE bank.kept (id int PRIMARY KEY)')
    const writing = await nodeOf(pool)
    await using writers = load(t, pool, 'bank.kept')
    const { told, grows, stop } = writers
    await grows(200)
    const node = cluster.nodes[writing] as Server
    await node.kill()
    const killedAt = performance.now()
    await grows(0)
    t.diagnostic(`first write ${Math.round(performance.now() - killedAt)} ms after the node was killed`)
    await grows(300)
    assert.equal(roles(pool)[writing], 'away')
    await cluster.rejoin(writing)
    await until(() => roles(pool)[writing] === 'primary')
    await until(async () => (await nodesOfFour(pool)).includes(writing))
    await stop()
    await compare(t, cluster.nodes, 'bank.kept', told)
  })
})
