import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ConnectionPool, InterfaceError } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

const waits = { code: 'WAITS_FOR_ITSELF', kind: 'usage' }

/** Every call that needs the connection that writes. */
const writes: Record<string, (pool: ConnectionPool) => Promise<unknown>> = {
  runOperation: (pool) => pool.runOperation('INSERT INTO t VALUES (9)'),
  'runQuery of a write': (pool) => pool.runQuery('INSERT INTO t VALUES (9) RETURNING a'),
  'a call with a deadline': (pool) => pool.runOperation('INSERT INTO t VALUES (9)', [], { timeout: 60_000 }),
  runInteraction: (pool) => pool.runInteraction((txn) => txn.execute('INSERT INTO t VALUES (9)')),
  runWithConnection: (pool) => pool.runWithConnection((connection) => connection.query('INSERT INTO t VALUES (9)')),
  executeMany: (pool) => pool.executeMany('INSERT INTO t VALUES (?)', [[9]]),
  insertMany: (pool) => pool.insertMany('t', [[9]]),
  'a stream of a write': (pool) => collect(pool.stream('INSERT INTO t VALUES (9) RETURNING a')),
}

onEveryDatabase((database) => {
  for (const [name, write] of Object.entries(writes)) {
    test(`ADB-066 P22 ${name} outside, that needs the connection of the interaction around it, is refused`, async (t) => {
      const pool = openPool(t, database)
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.runInteraction(async (txn) => {
        await txn.execute('INSERT INTO t VALUES (1)')
        await refused(() => pool.outside(() => write(pool)), InterfaceError, { ...waits, message: /afterCommit/ })
        await pool.runInteraction(async () => {
          await refused(() => pool.outside(() => write(pool)), InterfaceError, waits)
        })
        await pool.outside(async () => {
          await refused(() => pool.outside(() => write(pool)), InterfaceError, waits)
        })
      })
      assert.deepEqual(await pool.runQuery('SELECT a FROM t'), [{ a: 1 }])
      await pool.outside(() => write(pool))
      assert.equal((await pool.runQuery('SELECT a FROM t')).length, 2)
      await usable(pool)
    })
  }

  test('P22 a thousand calls that would wait for themselves, with one connection: none waits', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    await pool.runInteraction(async () => {
      const calls = Array.from({ length: 1000 }, () => pool.outside(() => pool.runQuery('SELECT 1')))
      for (const call of await Promise.allSettled(calls)) {
        assert.ok(call.status === 'rejected' && call.reason.code === 'WAITS_FOR_ITSELF')
      }
      assert.equal(pool.stats().waiting, 0)
    })
    await usable(pool)
  })

  test('P22 so is a call that the source of a bulk makes, and its onProgress waits for nobody', async (t) => {
    const pool = openPool(t, database)
    await pool.runOperation('CREATE TABLE t (a)')
    async function* source() {
      yield [1]
      await refused(() => pool.runOperation('INSERT INTO t VALUES (9)'), InterfaceError, waits)
      yield [2]
    }
    let told: Promise<unknown> = Promise.resolve()
    const onProgress = () => {
      told = pool.runOperation('INSERT INTO t VALUES (3)')
    }
    await pool.insertMany('t', source(), { onProgress })
    await told
    assert.deepEqual(
      (await pool.runQuery('SELECT a FROM t ORDER BY a')).map(({ a }) => a),
      [1, 2, 3],
    )
    await usable(pool)
  })

  test('ADB-066 a lent connection is held as an interaction’s is', async (t) => {
    const pool = openPool(t, database, { max: 1 })
    await pool.runWithConnection(async () => {
      await refused(() => pool.outside(() => pool.runQuery('SELECT 1')), InterfaceError, waits)
      await refused(() => pool.close(), InterfaceError, waits)
    })
    await usable(pool)
  })

  test('ADB-028 close() inside an interaction is refused and closes nothing', async (t) => {
    const pool = openPool(t, database)
    await pool.runInteraction(async () => {
      await refused(() => pool.close(), InterfaceError, { ...waits, message: /call it when/ })
      await refused(() => pool.outside(() => pool.close()), InterfaceError, waits)
    })
    await usable(pool)
    const late = await pool.runInteraction(() => {
      const { promise, resolve } = Promise.withResolvers<void>()
      return { closed: promise.then(() => pool.close()), resolve }
    })
    late.resolve()
    await late.closed
    assert.equal(pool.stats().state, 'closed')
  })

  test('ADB-013 calls through the pool inside onOpen are made on the connection that is being opened', async (t) => {
    const seen: unknown[] = []
    const pool: ConnectionPool = openPool(t, database, {
      max: 2,
      min: 2,
      onOpen: async () => {
        seen.push(await pool.runQuery('SELECT 1 AS a'))
        await pool.runQuery('CREATE TEMP TABLE mine (a)')
        await pool.runInteraction((txn) => txn.execute('INSERT INTO mine VALUES (5)'))
        await assert.rejects(
          pool.runInteraction(async (txn) => {
            await txn.execute('INSERT INTO mine VALUES (6)')
            throw new Error('undo')
          }),
        )
        await pool.insertMany('mine', [[7]])
        await refused(() => pool.outside(() => pool.runQuery('SELECT 1')), InterfaceError, waits).catch((error) => {
          // A connection that is open already may serve it.
          if (pool.stats().lanes.every(({ state }) => state === 'opening')) throw error
        })
        await refused(() => pool.start(), InterfaceError, waits)
        await refused(() => pool.close(), InterfaceError, waits)
      },
    })
    await pool.start()
    assert.deepEqual(seen, [[{ a: 1 }], [{ a: 1 }]])
    assert.deepEqual(await pool.runQuery('SELECT a FROM mine ORDER BY a'), [{ a: 5 }, { a: 7 }])
    await usable(pool)
  })
})

describe('what is no waiting for oneself', () => {
  onEveryDatabase((database) => {
    test('ADB-066 somebody else waits for the interaction, and gets the connection after it', async (t) => {
      const pool = openPool(t, database, { max: 1 })
      await pool.runOperation('CREATE TABLE t (a)')
      const { promise: goOn, resolve } = Promise.withResolvers<void>()
      const interaction = pool.runInteraction(async (txn) => {
        await txn.execute('INSERT INTO t VALUES (1)')
        await goOn
      })
      const other = pool.runOperation('INSERT INTO t VALUES (2)')
      resolve()
      await Promise.all([interaction, other])
      assert.equal((await pool.runQuery('SELECT * FROM t')).length, 2)
    })

    test('ADB-066 what an interaction left running waits like anybody once the interaction has returned', async (t) => {
      const pool = openPool(t, database, { max: 1 })
      const { promise: busy, resolve } = Promise.withResolvers<void>()
      const left = await pool.runInteraction(() => {
        const later = pool.outside(async () => {
          await busy
          return await pool.runInteraction((txn) => txn.query('SELECT 1 AS a'))
        })
        return { later }
      })
      const next = pool.runInteraction(async () => resolve())
      assert.deepEqual(await left.later, [{ a: 1 }])
      await next
    })

    test('ADB-066 reads outside have other connections', async (t) => {
      const pool = openPool(t, database, { max: 2 })
      await pool.runInteraction(async () => {
        assert.deepEqual(await pool.outside(() => pool.runQuery('SELECT 1 AS a')), [{ a: 1 }])
        const reading = () => pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT 1 AS a'))
        assert.deepEqual(await pool.outside(reading), [{ a: 1 }])
        const nested = () =>
          pool.runInteraction({ readOnly: true }, () =>
            pool.outside(() => pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT 1 AS a'))),
          )
        await refused(() => pool.outside(nested), InterfaceError, waits)
      })
      await usable(pool)
    })
  })
})
