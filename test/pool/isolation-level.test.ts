import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ConnectionPool, NotSupportedError, type PoolOptions } from 'offloop'
import { onTunedDatabases, openPool } from '../databases.ts'
import { refused, usable } from './expect.ts'
import { FakeDriver } from './fixtures/fake-driver.ts'
import * as accounts from './fixtures/in-thread/accounts.ts'

const nothing = () => undefined
const unsupported = { code: 'ISOLATION_LEVEL', kind: 'unsupported' }
const strong = { isolationLevel: 'serializable' } as const
const weak = { isolationLevel: 'read committed' } as const

/** A pool on a database that prefers a level of its own, and what its connection was told of each transaction. */
function pooled(t: { after(work: () => unknown): void }, options: PoolOptions = {}) {
  const driver = new FakeDriver()
  const traits = { ...driver.traits, isolationLevel: 'read committed' } as const
  Object.assign(driver, { traits })
  const pool = new ConnectionPool(driver, {}, { max: 1, ...options })
  t.after(() => pool.close())
  return { pool, begins: () => driver.made.flatMap(({ begins }) => begins) }
}

suite('isolation levels', () => {
  test('an interaction, a lent connection and a lease begin as they were asked to', async (t) => {
    const { pool, begins } = pooled(t)
    await pool.runInteraction(nothing)
    await pool.runInteraction({ isolationLevel: 'repeatable read', readOnly: true }, nothing)
    await pool.runWithConnection(strong, async (connection) => {
      await connection.query('one')
      await connection.commit()
      await connection.query('two')
    })
    const lease = await pool.acquire(weak)
    await lease.query('three')
    await lease.release()
    const all = ['write', 'read repeatable read', 'write serializable', 'write serializable', 'write read committed']
    assert.deepEqual(begins(), all)
  })

  test('the pool says it for all that do not, bulks included', async (t) => {
    const { pool, begins } = pooled(t, strong)
    await pool.runInteraction(nothing)
    await pool.runInteraction(weak, nothing)
    await pool.executeMany('many', [[]])
    assert.deepEqual(begins(), ['write serializable', 'write read committed', 'write serializable'])
  })

  test('an inner interaction has the level of the outer one, and is refused if that is not enough', async (t) => {
    const { pool } = pooled(t)
    await pool.runInteraction({ isolationLevel: 'repeatable read' }, async (txn) => {
      assert.equal(await pool.runInteraction(weak, () => 1), 1)
      assert.equal(await pool.runInteraction({ isolationLevel: 'repeatable read' }, () => 2), 2)
      const inner = () => pool.runInteraction(strong, nothing)
      await refused(inner, NotSupportedError, unsupported)
      await txn.query('goes on')
    })
    // What the database prefers is what a transaction has for which nothing was asked.
    await pool.runInteraction(async () => {
      assert.equal(await pool.runInteraction(weak, () => 3), 3)
      await refused(() => pool.runInteraction(strong, nothing), NotSupportedError, unsupported)
    })
  })

  test('what the pool says is no demand of an inner interaction', async (t) => {
    const { pool } = pooled(t, strong)
    assert.equal(await pool.runInteraction(weak, () => pool.runInteraction(() => 1)), 1)
  })

  test('an interaction inside a lent connection in autocommit begins as it was asked to', async (t) => {
    const { pool, begins } = pooled(t)
    await pool.runWithConnection(async (connection) => {
      await connection.setAutocommit(true)
      await pool.runInteraction(strong, nothing)
    })
    assert.deepEqual(begins(), ['write serializable'])
  })

  test('a level that there is not is refused, by pool and call, before anything is sent', async (t) => {
    const { pool, begins } = pooled(t)
    for (const isolationLevel of ['snapshot', 'SERIALIZABLE', '', null, 1, {}] as unknown as 'serializable'[]) {
      const wrong = {
        name: 'TypeError',
        code: 'INVALID_OPTION',
        message: /^isolationLevel must be one of 'read committed'/,
      }
      await assert.rejects(pool.runInteraction({ isolationLevel }, nothing), wrong)
      await assert.rejects(pool.runWithConnection({ isolationLevel }, nothing), wrong)
      await assert.rejects(pool.acquire({ isolationLevel }), wrong)
      assert.throws(() => new ConnectionPool('sqlite::memory:', { isolationLevel }), wrong)
    }
    assert.deepEqual(begins(), [])
  })
})

onTunedDatabases((database, owner) => {
  const pool = openPool(owner, database)

  test('every level is to be had, since all transactions are serializable', async () => {
    await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY)')
    for (const isolationLevel of ['read committed', 'repeatable read', 'serializable'] as const) {
      await pool.runInteraction({ isolationLevel }, (txn) => txn.execute('INSERT INTO t DEFAULT VALUES'))
      await pool.runInteraction({ isolationLevel, readOnly: true }, async (txn) => {
        const [before] = await txn.query('SELECT count(*) AS n FROM t')
        await pool.outside(() => pool.runOperation('INSERT INTO t DEFAULT VALUES'))
        assert.deepEqual((await txn.query('SELECT count(*) AS n FROM t'))[0], before)
      })
    }
    await usable(pool)
  })

  test('SOT-001 so it is for a function in the thread, inside an interaction too', async () => {
    await pool.runInteraction(strong, accounts.create, 2)
    assert.equal(await pool.runInteraction(strong, accounts.transfer, 1, 2, 300), 700)
    await pool.runInteraction(weak, async () => {
      assert.equal(await pool.runInteraction(weak, accounts.transfer, 1, 2, 300), 400)
      const inner = () => pool.runInteraction(strong, accounts.transfer, 1, 2, 300)
      await refused(inner, NotSupportedError, unsupported)
    })
    const wrong = { isolationLevel: 'snapshot' as 'serializable' }
    await assert.rejects(pool.runInteraction(wrong, accounts.transfer, 1, 2, 1), { code: 'INVALID_OPTION' })
    await usable(pool)
  })
})
