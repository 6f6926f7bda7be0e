import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, IntegrityError, ProgrammingError, UnsupportedValueError } from 'offloop'
import { everywhere, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from './expect.ts'

everywhere((database, suite) => {
  const { name: dialect, quote, sql, codes } = database.dialect
  const pool = openPool(suite, database)
  let tables = 0

  async function table(): Promise<string> {
    const name = `t${++tables}`
    await pool.runOperation(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, name TEXT)`)
    return name
  }

  const rowsOf = (name: string, from: ConnectionPool = pool) =>
    from.runQuery(`SELECT id, name FROM ${name} ORDER BY id`, [], { rowMode: 'array' })

  test('insertMany takes objects, tuples, and both when the columns are named', async () => {
    const t = await table()
    assert.deepEqual(
      await pool.insertMany(t, [
        { id: 1, name: 'a' },
        { name: 'b', id: 2 },
      ]),
      { rowCount: 2 },
    )
    assert.deepEqual(await pool.insertMany(t, [[3, 'c']]), { rowCount: 1 })
    const mixed = [['d', 4], { id: 5, name: 'e' }]
    assert.deepEqual(await pool.insertMany(t, mixed, { columns: ['name', 'id'] }), { rowCount: 2 })
    assert.deepEqual(await rowsOf(t), [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
      [5, 'e'],
    ])
  })

  test('insertMany of nothing inserts nothing', async () => {
    const t = await table()
    assert.deepEqual(await pool.insertMany(t, []), { rowCount: 0 })
    assert.deepEqual(await pool.insertMany(t, (async function* () {})()), { rowCount: 0 })
  })

  test('insertMany takes a source as fast as the database takes it, and tells how far it is', async () => {
    const t = await table()
    const progress: number[] = []
    let produced = 0
    let lead = 0
    async function* source() {
      for (; produced < 5000; produced++) {
        lead = Math.max(lead, produced - (progress.at(-1) ?? 0))
        yield { id: produced, name: `name ${produced}` }
      }
    }
    const onProgress = (rows: number) => void progress.push(rows)
    assert.deepEqual(await pool.insertMany(t, source(), { onProgress }), { rowCount: 5000 })
    assert.equal(progress.at(-1), 5000)
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    )
    assert.ok(lead < 2000, `the source was ${lead} rows ahead`)
    assert.equal((await rowsOf(t)).length, 5000)
  })

  test('a source may hand over the same object again and again', async () => {
    const t = await table()
    function* reused() {
      const row: [number, string] = [0, '']
      for (let id = 1; id <= 3; id++) {
        row[0] = id
        row[1] = `name ${id}`
        yield row
      }
    }
    await pool.insertMany(t, reused())
    await pool.executeMany(
      dialect === 'sqlite'
        ? `UPDATE ${t} SET name = ?2 WHERE id = ?1`
        : sql(`UPDATE ${t} SET name = name WHERE id = ? AND name = ?`),
      reused(),
    )
    assert.deepEqual(await rowsOf(t), [
      [1, 'name 1'],
      [2, 'name 2'],
      [3, 'name 3'],
    ])
  })

  test('a row that does not fit is refused by its number, and nothing is kept', async () => {
    const t = await table()
    const good = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]
    const bad: [unknown, RegExp][] = [
      [{ id: 3 }, /row 2 has no value for the column "name"/],
      [{ id: 3, name: 'c', extra: 1 }, /row 2 has a value for "extra"/],
      [[3], /row 2 has 1 values where 2 are expected/],
      [5, /row 2 is a number/],
      [null, /row 2 is null/],
    ]
    for (const [row, message] of bad) {
      const expected = { code: 'INVALID_ROW', kind: 'parameters', message }
      const error = await refused(() => pool.insertMany(t, [...good, row]), ProgrammingError, expected)
      assert.equal(error.index, 2)
      await usable(pool)
    }
    const value = () => pool.insertMany(t, [...good, { id: 3, name: undefined }])
    const expected = { code: 'UNSUPPORTED_VALUE', kind: 'value' }
    assert.equal((await refused(value, UnsupportedValueError, expected)).index, 2)
    assert.deepEqual(await rowsOf(t), [])
  })

  test('a failure in a late group names the row by its place among all, and nothing is kept', async () => {
    const t = await table()
    const rows = Array.from({ length: 3000 }, (_, i) => [i === 2345 ? 7 : i, 'x'])
    const expected = { code: codes.key, kind: 'unique' }
    assert.equal((await refused(() => pool.insertMany(t, rows), IntegrityError, expected)).index, 2345)
    assert.deepEqual(await rowsOf(t), [])
    await usable(pool)
  })

  test('a source that throws undoes all, is closed, and its error is the one that comes out', async () => {
    const t = await table()
    const thrown = new Error('the source broke')
    let closed = 0
    function* source() {
      try {
        for (let id = 1; id <= 1200; id++) yield [id, 'x']
        throw thrown
      } finally {
        closed++
      }
    }
    assert.equal(await rejectionOf(() => pool.insertMany(t, source())), thrown)
    assert.deepEqual(await rowsOf(t), [])
    const refusedEarly = (function* () {
      try {
        yield [1, 'x']
        yield [undefined, 'x']
      } finally {
        closed++
      }
    })()
    await rejectionOf(() => pool.insertMany(t, refusedEarly))
    assert.equal(closed, 2)
    await usable(pool)
  })

  test('an onProgress that throws undoes all, and its error comes out', async () => {
    const t = await table()
    const thrown = new Error('no more')
    const onProgress = () => {
      throw thrown
    }
    assert.equal(await rejectionOf(() => pool.insertMany(t, [[1, 'a']], { onProgress })), thrown)
    assert.deepEqual(await rowsOf(t), [])
  })

  test('inside an interaction it is all or nothing too, and the interaction goes on', async () => {
    const t = await table()
    await pool.runInteraction(async (txn) => {
      await txn.execute(`INSERT INTO ${t} VALUES (1, 'kept')`)
      await rejectionOf(() =>
        pool.insertMany(t, [
          [2, 'a'],
          [3, 'b'],
          [1, 'again'],
        ]),
      )
      await rejectionOf(() =>
        pool.executeMany(sql(`INSERT INTO ${t} VALUES (?, ?)`), [
          [4, 'a'],
          [1, 'again'],
        ]),
      )
      await pool.insertMany(t, [[5, 'kept']])
    })
    assert.deepEqual(await rowsOf(t), [
      [1, 'kept'],
      [5, 'kept'],
    ])
  })

  test('names of tables and columns are identifiers, whatever they hold', async () => {
    // MySQL's names have no characters beyond U+FFFF.
    const names = ['a"b', 'select', 'x; DROP TABLE t1', "it's", dialect === 'mysql' ? 'ü 名' : 'ü 🎈', '%', '?']
    const quoted = names.map(quote)
    const columns = quoted.map((name) => `${name} INTEGER`).join(', ')
    for (const name of quoted) await pool.runOperation(`CREATE TABLE ${name} (${columns})`)
    for (const [i, name] of names.entries()) {
      await pool.insertMany(name, [Object.fromEntries(names.map((column) => [column, i]))])
      assert.deepEqual(await pool.runQuery(`SELECT * FROM ${quoted[i]}`), [
        Object.fromEntries(names.map((column) => [column, i])),
      ])
    }
  })

  test('rows that are no iterable are refused', async () => {
    const t = await table()
    for (const rows of [undefined, null, 5, {}, 'text']) {
      const expected = { code: 'INVALID_SETS', kind: 'usage' }
      await refused(() => pool.insertMany(t, rows as unknown as []), ProgrammingError, expected)
      await refused(
        () => pool.executeMany(sql(`INSERT INTO ${t} VALUES (?, ?)`), rows as unknown as []),
        ProgrammingError,
        expected,
      )
      await usable(pool)
    }
    await refused(() => pool.insertMany(t, [[]]), ProgrammingError, { code: 'INVALID_ROW', kind: 'parameters' })
    await refused(() => pool.insertMany(t, [{}]), ProgrammingError, { code: 'INVALID_ROW', kind: 'parameters' })
  })
})
