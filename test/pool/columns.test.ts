import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ColumnBatch, ProgrammingError, type Value } from 'offloop'
import type { ColumnValues } from 'offloop/driver'
import { asGiven, holds, tables } from '../contract/tables.ts'
import { onEveryIsolation, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

const COUNT = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n'
const columns = { rowMode: 'columns' } as const

onEveryIsolation((database, suite) => {
  const pool = openPool(suite, database)
  const rowsOnly = openPool(suite, database, { columnChunks: false })

  test('NOD-004 F120 all row modes agree, with column chunks and without, for arbitrary values', async () => {
    await fc.assert(
      fc.asyncProperty(tables(40), async ({ width, rows }) => {
        fc.pre(rows.length > 0)
        const names = Array.from({ length: width }, (_, i) => `c${i}`)
        // A lone surrogate has no UTF-8, which SQLite stores text as; and not every Node reads text beyond U+0000.
        const stored = rows.map((row) => row.map(storable))
        const tuple = `(${names.map(() => '?').join(', ')})`
        const select = `SELECT ${names.map((name, i) => `column${i + 1} AS ${name}`).join(', ')}`
        const sql = `${select} FROM (VALUES ${rows.map(() => tuple).join(', ')})`
        const expected = asGiven(stored)
        for (const each of [pool, rowsOnly]) {
          const values = stored.flat()
          assert.deepEqual(await each.runQuery(sql, values, { rowMode: 'array' }), expected)
          const objects = expected.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
          assert.deepEqual(await each.runQuery(sql, values), objects)
          holds(await each.runQuery(sql, values, columns), names, expected)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('a result by columns has the narrowest arrays that hold its values', async () => {
    const sql = `SELECT 1 AS i, 0.5 AS r, 9007199254740993 AS b, 'x' AS t, x'ff' AS bytes, NULL AS none
      UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL`
    const { length, columns: found } = await pool.runQuery<Record<string, Value>>(sql, undefined, columns)
    assert.equal(length, 2)
    const nulls = Uint8Array.of(0, 1)
    assert.deepEqual(found, {
      i: { type: 'int32', values: Int32Array.of(1, 0), nulls },
      r: { type: 'float64', values: Float64Array.of(0.5, 0), nulls },
      b: { type: 'int64', values: BigInt64Array.of(9007199254740993n, 0n), nulls },
      t: { type: 'text', values: ['x', null] },
      bytes: { type: 'bytes', values: [Uint8Array.of(255), null] },
      none: { type: 'null', values: [null, null] },
    })
  })

  test('columns of every size come through: none, one, few and many rows', async () => {
    for (const each of [pool, rowsOnly]) {
      for (const count of [1, 15, 16, 511, 512, 513, 1024, 30_000]) {
        for (const _ of [1, 2, 3, 4]) {
          const { length, columns: found } = await each.runQuery<{ i: number }>(COUNT, count, columns)
          assert.equal(length, count)
          assert.deepEqual(found.i, {
            type: 'int32',
            values: Int32Array.from({ length }, (_, i) => i + 1),
            nulls: null,
          })
        }
      }
      const none = await each.runQuery<{ i: number }>(`${COUNT} WHERE i < 0`, 3, columns)
      assert.deepEqual(none, { length: 0, columns: { i: { type: 'null', values: [] } } })
    }
  })

  test('a statement without a result has no columns, and one that writes and gives rows has', async () => {
    assert.deepEqual(await pool.runQuery('CREATE TABLE written (i)', [], columns), { length: 0, columns: {} })
    assert.deepEqual(await pool.runQuery('INSERT INTO written VALUES (1)', [], columns), { length: 0, columns: {} })
    const sql = 'INSERT INTO written VALUES (2), (3) RETURNING i'
    const batch = await pool.runQuery(sql, [], columns)
    assert.deepEqual(batch.columns.i, { type: 'int32', values: Int32Array.of(2, 3), nulls: null })
    assert.equal((await pool.runQuery('SELECT i FROM written', [], columns)).length, 3)
  })

  test('columns come in interactions too, in each of the ways to ask', async () => {
    await pool.runOperation('CREATE TABLE inside (i)')
    const one = { length: 1, columns: { i: { type: 'int32', values: Int32Array.of(7), nulls: null } } }
    const sql = 'SELECT i FROM inside'
    await pool.runInteraction(async (txn) => {
      await txn.execute('INSERT INTO inside VALUES (7)')
      assert.deepEqual(await txn.query(sql, undefined, columns), one)
      assert.deepEqual(await pool.runQuery(sql, [], columns), one)
      assert.deepEqual(await pool.runQuery(sql, [], { ...columns, timeout: 10_000 }), one)
      assert.deepEqual(await collect(pool.stream(sql, [], columns)), [one])
      assert.deepEqual(await txn.query(sql, [], { rowMode: 'array' }), [[7]])
      assert.deepEqual(await txn.query(sql), [{ i: 7 }])
    })
    await pool.runWithConnection(async (connection) => {
      assert.deepEqual(await connection.query(sql, [], columns), one)
      assert.deepEqual(await connection.cursor({ rowMode: 'array' }).query(sql, [], columns), one)
    })
    assert.deepEqual(await pool.runQuery(sql, [], { ...columns, signal: new AbortController().signal }), one)
  })

  test('ADB-051 a stream by columns gives one batch per page, and none without rows', async () => {
    for (const each of [pool, rowsOnly]) {
      const lengths = async (count: number) => {
        const batches = await collect(each.stream<{ i: number }>(COUNT, count, { ...columns, pageSize: 1000 }))
        const all = batches.flatMap(({ columns: { i } }) => [...(i.values as Int32Array)])
        assert.deepEqual(
          all,
          Array.from({ length: count }, (_, i) => i + 1),
        )
        return batches.map(({ length }) => length)
      }
      assert.deepEqual(await lengths(2500), [1000, 1000, 500])
      assert.deepEqual(await lengths(2000), [1000, 1000])
      assert.deepEqual(await collect(each.stream(`${COUNT} WHERE i < 0`, 3, columns)), [])
    }
    for await (const batch of pool.stream(COUNT, 5000, columns)) {
      assert.equal(batch.length, 1000)
      break
    }
    await usable(pool)
  })

  test('F118 columns of one name are refused as columns too, with rows and without', async () => {
    const expected = { code: 'DUPLICATE_COLUMN', kind: 'usage', message: /named "a"/ }
    for (const sql of ['SELECT 1 AS a, 2 AS b, 3 AS a', 'SELECT 1 AS a, 2 AS a WHERE 0']) {
      await refused(() => pool.runQuery(sql, [], columns), ProgrammingError, expected)
      await refused(() => collect(pool.stream(sql, [], columns)), ProgrammingError, expected)
      await refused(() => pool.runInteraction((txn) => txn.query(sql, [], columns)), ProgrammingError, expected)
    }
    await usable(pool)
  })

  test('a failed query by columns is the error that it is by rows', async () => {
    await refused(() => pool.runQuery('SELECT * FROM missing', [], columns), ProgrammingError, {
      code: 'SQLITE_ERROR',
      kind: 'missing',
    })
  })

  test('columns are refused where rows are handed over one by one', async () => {
    const wrong = columns as unknown as { rowMode: 'object' }
    const expected = { code: 'INVALID_OPTION', message: /'columns' is an option of one query or stream/ }
    await refused(() => openPool(suite, database, wrong), TypeError, expected)
    await refused(() => pool.runInteraction(wrong, () => 1), TypeError, expected)
    await refused(() => pool.runWithConnection(wrong, () => 1), TypeError, expected)
    await refused(() => pool.runInteraction((txn) => txn.cursor(wrong)), TypeError, expected)
    await refused(() => pool.runWithConnection((connection) => connection.cursor(wrong)), TypeError, expected)
    await usable(pool)
  })

  test('a query by columns takes no other options of a cursor', async () => {
    const unknown = { rowmode: 'columns' } as unknown as { rowMode: 'array' }
    await refused(() => pool.runInteraction((txn) => txn.query('SELECT 1', [], unknown)), TypeError, {
      code: 'INVALID_OPTION',
      message: /"rowmode"/,
    })
  })

  test('the types say what was asked for', async () => {
    const rows: { i: number }[] = await pool.runQuery<{ i: number }>(COUNT, 1)
    const batch: ColumnBatch<{ i: number }> = await pool.runQuery<{ i: number }>(COUNT, 1, columns)
    const column: ColumnValues = batch.columns.i
    // @ts-expect-error the row has no such column
    assert.equal(batch.columns.missing, undefined)
    assert.equal(column.type === 'int32' && column.values[0], rows[0]?.i)
  })
})

function storable(value: Value): Value {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '0') : value
}
