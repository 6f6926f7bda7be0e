import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionPool, DataError, type PoolOptions } from 'offloop'
import { everywhereIsolated, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

const tooLarge = { code: 'RESULT_TOO_LARGE', kind: 'tooBig', message: /more than 1000 rows.*LIMIT.*stream.*maxRows/ }

everywhereIsolated((database) => {
  const { endless: ENDLESS, count: FEW, name } = database.dialect

  describe('maxRows', () => {
    test('F6 a result without end is refused as soon as it has a row too many, and the next call works', async (t) => {
      const pool = openPool(t, database)
      for (const rowMode of ['object', 'array', 'columns'] as const) {
        const call = () => pool.runQuery(ENDLESS, [], { maxRows: 1000, rowMode: rowMode as 'array' })
        const error = await refused(call, DataError, tooLarge)
        assert.equal(error.sql, ENDLESS)
        assert.match(error.stack ?? '', /max-rows\.test/)
        await usable(pool)
      }
    })

    test('F6 a result of just so many rows is handed over, and one of one more is not, however often it was small', async (t) => {
      const pool = openPool(t, database)
      for (let i = 0; i < 5; i++) assert.equal((await pool.runQuery(FEW, 1000, { maxRows: 1000 })).length, 1000)
      await refused(() => pool.runQuery(FEW, 1001, { maxRows: 1000 }), DataError, tooLarge)
      assert.equal((await pool.runQuery(FEW, 1001)).length, 1001)
      assert.deepEqual(await pool.runQuery(FEW, 1, { maxRows: 1 }), [{ i: 1 }])
    })

    // What follows goes on after a failure, keeps a result open behind it, or asks for the log.
    if (name !== 'sqlite') return
    test('F6 told to the pool it holds for each result that is handed over in one piece, and for no other', async (t) => {
      const pool = openPool(t, database, { maxRows: 1000 })
      await refused(() => pool.runQuery(ENDLESS), DataError, tooLarge)
      await refused(() => pool.runOperation(ENDLESS), DataError, tooLarge)
      await pool.runInteraction(async (txn) => {
        await refused(() => txn.query(ENDLESS), DataError, tooLarge)
        await refused(() => pool.runQuery(ENDLESS), DataError, tooLarge)
        await txn.execute(ENDLESS)
        await refused(() => txn.fetchAll(), DataError, tooLarge)
        await txn.execute(FEW, 1001)
        assert.equal((await txn.fetchMany(2000)).length, 1001, 'who says how many gets them')
        await txn.execute(FEW, 1001)
        assert.deepEqual(await txn.fetchOne(), { i: 1 })
        assert.equal((await txn.fetchAll()).length, 1000)
        assert.equal((await txn.query(FEW, 2000, { maxRows: 2000 })).length, 2000)
      })
      await pool.runWithConnection(async (connection) => {
        await refused(() => connection.query(ENDLESS), DataError, tooLarge)
        assert.equal((await connection.query(FEW, 2000, { maxRows: Number.POSITIVE_INFINITY })).length, 2000)
      })
      assert.equal((await collect(pool.stream(FEW, 5000))).length, 5000)
      assert.equal((await pool.runQuery(FEW, 5000, { maxRows: Number.POSITIVE_INFINITY })).length, 5000)
      await usable(pool)
    })

    test('F6 a write that gives too many rows leaves no trace, alone, among others and in an interaction', async (t) => {
      const pool = openPool(t, database)
      await pool.runOperation('CREATE TABLE t (a UNIQUE)')
      const one = (a: string) => pool.runOperation('INSERT INTO t VALUES (?)', a)
      const many = () => pool.runQuery(`INSERT INTO t ${FEW} RETURNING a`, 1001, { maxRows: 1000 })
      const names = async () => (await pool.runQuery('SELECT a FROM t ORDER BY rowid')).map(({ a }) => a)
      await refused(many, DataError, tooLarge)
      for (let i = 0; i < 3; i++) await one(`warm ${i}`)
      await pool.runOperation('DELETE FROM t')
      await Promise.all([
        one('b'),
        refused(many, DataError, tooLarge),
        one('c'),
        refused(many, DataError, tooLarge),
        one('d'),
      ])
      assert.deepEqual(await names(), ['b', 'c', 'd'])
      await pool.runInteraction(async (txn) => {
        await txn.execute("INSERT INTO t VALUES ('e')")
        await refused(() => txn.query(`INSERT INTO t ${FEW} RETURNING a`, 1001, { maxRows: 1000 }), DataError, tooLarge)
        await txn.execute("INSERT INTO t VALUES ('f')")
      })
      assert.deepEqual(await names(), ['b', 'c', 'd', 'e', 'f'])
      assert.equal((await pool.runQuery(`INSERT INTO t ${FEW} RETURNING a`, 10, { maxRows: 10 })).length, 10)
      await usable(pool)
    })

    test('F6 a reader keeps nothing of a result that was refused: the log can be brought into the file', async (t) => {
      const pool = openPool(t, database)
      await pool.runOperation('CREATE TABLE t (a)')
      await pool.insertMany(
        't',
        Array.from({ length: 3000 }, (_, i) => [i]),
      )
      await refused(() => pool.runQuery('SELECT a FROM t', [], { maxRows: 1000 }), DataError, tooLarge)
      await pool.runOperation('INSERT INTO t VALUES (1)')
      await pool.runWithConnection(async (writer) => {
        await writer.setAutocommit(true)
        const [row] = await writer.query('PRAGMA wal_checkpoint(TRUNCATE)')
        assert.deepEqual(row, { busy: 0, log: 0, checkpointed: 0 })
      })
    })
  })
})

test('a wrong maxRows is refused', async () => {
  for (const [maxRows, Class] of [
    ['5', TypeError],
    [null, TypeError],
    [0, RangeError],
    [1.5, RangeError],
    [-1, RangeError],
    [Number.NaN, RangeError],
  ] as const) {
    const options = { maxRows } as PoolOptions
    const expected = { code: 'INVALID_OPTION', message: /maxRows must be/ }
    await refused(() => new ConnectionPool('sqlite::memory:', options), Class, expected)
    await using pool = new ConnectionPool('sqlite::memory:')
    await refused(() => pool.runQuery('SELECT 1', [], options as object), Class, expected)
    await refused(() => pool.runInteraction((txn) => txn.query('SELECT 1', [], options as object)), Class, expected)
  }
  await using pool = new ConnectionPool('sqlite::memory:')
  const stream = () => collect(pool.stream('SELECT 1', [], { maxRows: 5 } as object))
  await refused(stream, TypeError, { code: 'INVALID_OPTION', message: /no option "maxRows"/ })
})
