import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PooledConnection } from 'offloop'
import { onEveryDatabase, openPool } from '../databases.ts'
import { collect, rejectionOf, usable } from './expect.ts'

const MANY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT i FROM n, t'

onEveryDatabase((database, suite) => {
  const pool = openPool(suite, database, { max: 2 })

  async function rowsOfT(): Promise<unknown[]> {
    return (await pool.runQuery('SELECT a FROM t ORDER BY a')).map(({ a }) => a)
  }

  async function fresh(): Promise<void> {
    await pool.runOperation('DROP TABLE IF EXISTS t')
    await pool.runOperation('CREATE TABLE t (a)')
    await pool.runOperation('INSERT INTO t VALUES (1)')
  }

  /** The next borrower sees what is committed and nothing else, can write, and others see that. */
  async function assertClean(): Promise<void> {
    await pool.runOperation('INSERT INTO t VALUES (2)')
    assert.deepEqual(await rowsOfT(), [1, 2])
    const snapshot = await pool.runInteraction({ readOnly: true }, (txn) => txn.query('SELECT a FROM t ORDER BY a'))
    assert.deepEqual(
      snapshot.map(({ a }) => a),
      [1, 2],
    )
    await usable(pool)
  }

  /** What a borrower may leave behind; each throws at its end or returns. */
  const leavings: Record<string, (connection: PooledConnection) => Promise<unknown>> = {
    'an open transaction': (connection) => connection.query('SELECT * FROM t'),
    'a cursor left half read': async (connection) => {
      const cursor = connection.cursor()
      await cursor.execute(MANY)
      await cursor.fetchOne()
    },
    'a cursor left half read in autocommit': async (connection) => {
      await connection.setAutocommit(true)
      const cursor = connection.cursor()
      await cursor.execute(MANY)
      await cursor.fetchOne()
    },
    'many cursors left half read in autocommit': async (connection) => {
      await connection.setAutocommit(true)
      for (let i = 0; i < 20; i++) await connection.cursor().execute(MANY)
    },
    'a stream left half read': async () => {
      const rows = pool.stream(MANY, [], { pageSize: 10 })
      await rows.next()
    },
  }

  for (const [what, leave] of Object.entries(leavings)) {
    for (const readOnly of [false, true]) {
      if (readOnly && what.includes('autocommit')) continue
      test(`P8 F94 F45 ${what}${readOnly ? ' (read only)' : ''} does not reach the next borrower`, async () => {
        await fresh()
        await pool.runWithConnection({ readOnly }, async (connection) => void (await leave(connection)))
        await assertClean()
        await fresh()
        const mine = new Error('mine')
        const throwing = () =>
          pool.runWithConnection({ readOnly }, async (connection) => {
            await leave(connection)
            throw mine
          })
        assert.equal(await rejectionOf(throwing), mine)
        await assertClean()
      })
    }
  }

  test('P8 F45 an interaction’s half-read cursors and streams end with it, and writes beside them go on', async () => {
    await fresh()
    for (const readOnly of [false, true]) {
      await pool.runInteraction({ readOnly }, async (txn) => {
        await txn.execute(MANY)
        await txn.fetchOne()
        await txn.cursor().execute(MANY)
        await pool.stream(MANY, [], { pageSize: 10 }).next()
        if (!readOnly) await pool.runOperation('UPDATE t SET a = 1')
      })
    }
    await assertClean()
  })

  test('P8 F45 what onOpen left half read holds no state of the database', async (t) => {
    const opened = openPool(t, database, {
      max: 2,
      min: 2,
      onOpen: async (connection) => {
        const cursor = connection.cursor()
        await cursor.execute(MANY.replace(', t', ''))
        await cursor.fetchOne()
      },
    })
    await opened.start()
    await opened.runOperation('CREATE TABLE t (a)')
    assert.deepEqual(await opened.runQuery('SELECT * FROM t'), [])
    assert.deepEqual(await collect(opened.stream('SELECT * FROM t')), [])
    await usable(opened)
  })

  test('P8 what is set on a connection stays on it: nobody else clears it away', async (t) => {
    const single = openPool(t, database, { max: 1 })
    await single.runWithConnection(async (connection) => {
      await connection.setAutocommit(true)
      await connection.query('CREATE TEMP TABLE mine (a)')
      await connection.query('PRAGMA cache_size = -123')
      await connection.query("ATTACH ':memory:' AS side")
    })
    assert.deepEqual(await single.runQuery('SELECT * FROM mine'), [])
    assert.deepEqual(await single.runQuery('PRAGMA cache_size'), [{ cache_size: -123 }])
    assert.ok((await single.runQuery('PRAGMA database_list')).some(({ name }) => name === 'side'))
    await usable(single)
  })
})
