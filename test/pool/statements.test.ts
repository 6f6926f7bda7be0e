import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, IntegrityError, ProgrammingError } from 'offloop'
import { closedAtEnd, everywhere, openPool } from '../databases.ts'
import { collect, refused, usable } from './expect.ts'

everywhere((database, suite) => {
  const { name: dialect, sql, typed, codes, types, can } = database.dialect
  const pool = openPool(suite, database)

  /** A table of its own for a test, filled with ids from 1. */
  async function table(name: string, rows: number = 0): Promise<string> {
    await pool.runOperation(`CREATE TABLE ${name} (id ${types.key}, name ${types.name} UNIQUE)`)
    await pool.insertMany(
      name,
      Array.from({ length: rows }, (_, i) => ({ id: i + 1, name: `name ${i + 1}` })),
    )
    return name
  }

  const count = async (name: string) => (await pool.runQuery<{ n: number }>(`SELECT count(*) AS n FROM ${name}`))[0]?.n

  test('ADB-041 runQuery gives all rows, as objects or as tuples', async () => {
    const t = await table('two_rows', 2)
    const sql = `SELECT id, name FROM ${t} ORDER BY id`
    const objects = await pool.runQuery<{ id: number; name: string }>(sql)
    assert.deepEqual(objects, [
      { id: 1, name: 'name 1' },
      { id: 2, name: 'name 2' },
    ])
    assert.deepEqual(await pool.runQuery(sql, [], { rowMode: 'array' }), [
      [1, 'name 1'],
      [2, 'name 2'],
    ])
  })

  test('ADB-041 the pool can be told to give tuples unless a call says otherwise', async (t) => {
    const tuples = openPool(t, database, { rowMode: 'array' })
    assert.deepEqual(await tuples.runQuery('SELECT 1 AS a'), [[1]])
    assert.deepEqual(await tuples.runQuery('SELECT 1 AS a', [], { rowMode: 'object' }), [{ a: 1 }])
    assert.deepEqual(await tuples.runInteraction((txn) => txn.query('SELECT 1 AS a')), [[1]])
    assert.deepEqual(await collect(tuples.stream('SELECT 1 AS a')), [[1]])
  })

  test('ADB-042 no matching row gives an empty list', async () => {
    const t = await table('no_match')
    assert.deepEqual(await pool.runQuery(`SELECT * FROM ${t}`), [])
  })

  test('ADB-043 runQuery of a statement without rows gives an empty list, and does it', async () => {
    const t = await table('dml')
    assert.deepEqual(await pool.runQuery(`INSERT INTO ${t} VALUES (1, 'a')`), [])
    assert.deepEqual(await pool.runQuery(`UPDATE ${t} SET name = 'b'`), [])
    assert.deepEqual(await pool.runQuery(`SELECT name FROM ${t}`), [{ name: 'b' }])
    assert.deepEqual(await pool.runQuery(`DROP TABLE ${t}`), [])
  })

  test('ADB-044 runQuery of INSERT … RETURNING gives the rows and keeps them', async () => {
    const t = await table('with_returning')
    if (!can.returning) return
    const insert = sql(`INSERT INTO ${t} (name) VALUES (?) RETURNING id, name`)
    assert.deepEqual(await pool.runQuery(insert, 'a'), [{ id: 1, name: 'a' }])
    assert.deepEqual(await pool.runQuery(insert, 'b'), [{ id: 2, name: 'b' }])
    assert.equal(await count(t), 2)
  })

  test('ADB-045 runOperation tells what changed, and drops rows', async () => {
    const t = await table('operation', 3)
    assert.deepEqual(await pool.runOperation(`INSERT INTO ${t} VALUES (7, 'x')`), {
      rowCount: 1,
      lastRowId: can.lastRowId ? 7 : null,
    })
    assert.deepEqual(await pool.runOperation(`UPDATE ${t} SET name = concat(name, '!')`), {
      rowCount: 4,
      lastRowId: null,
    })
    assert.deepEqual(await pool.runOperation(`DELETE FROM ${t} WHERE id > 2`), { rowCount: 2, lastRowId: null })
    assert.deepEqual(await pool.runOperation(`DELETE FROM ${t} WHERE id > 2`), { rowCount: 0, lastRowId: null })
    const { rowCount, lastRowId } = await pool.runOperation(`SELECT * FROM ${t}`)
    assert.ok([-1, 2].includes(rowCount), 'that of a SELECT is what the database tells')
    assert.equal(lastRowId, null)
    assert.deepEqual(await pool.runOperation(`DROP TABLE ${t}`), { rowCount: -1, lastRowId: null })
  })

  test('ADB-045 a row id beyond 2^53 is a bigint', async () => {
    const t = await table('large_id')
    const { lastRowId } = await pool.runOperation(sql(`INSERT INTO ${t} VALUES (?, 'x')`), 2n ** 60n)
    assert.equal(lastRowId, can.lastRowId ? 2n ** 60n : null)
    assert.deepEqual(await pool.runQuery(`SELECT id FROM ${t}`), [{ id: 2n ** 60n }])
  })

  test('ADB-046 a statement that fails leaves nothing behind', async () => {
    const t = await table('all_or_nothing', 3)
    const sql = `UPDATE ${t} SET name = CASE id WHEN 3 THEN 'changed 1' ELSE concat('changed ', id) END`
    for (const call of [() => pool.runQuery(sql), () => pool.runOperation(sql)]) {
      await refused(call, IntegrityError, { code: codes.unique, kind: 'unique' })
    }
    const names = await pool.runQuery(`SELECT name FROM ${t} ORDER BY id`, [], { rowMode: 'array' })
    assert.deepEqual(names.flat(), ['name 1', 'name 2', 'name 3'])
  })

  test('ADB-047 placeholders are the database’s own: in order, by number, by name', async () => {
    if (dialect === 'postgres') {
      const numbered = 'SELECT 0 + $2 AS a, 0 + $1 AS b, $2::int AS c -- $3'
      assert.deepEqual(await pool.runQuery(numbered, [1, 2]), [{ a: 2, b: 1, c: 2 }])
      return
    }
    assert.deepEqual(await pool.runQuery(sql("SELECT ? AS a, '?' AS b, ? AS c -- ?"), [1, 2]), [{ a: 1, b: '?', c: 2 }])
    if (!can.names) return
    assert.deepEqual(await pool.runQuery(sql('SELECT ?2 AS a, ?1 AS b, ?2 AS c'), [1, 2]), [{ a: 2, b: 1, c: 2 }])
    const byName = { one: 1, two: 2, three: 3 }
    assert.deepEqual(await pool.runQuery('SELECT :two AS a, @one AS b, $three AS c, :two AS d', byName), [
      { a: 2, b: 1, c: 3, d: 2 },
    ])
  })

  test('ADB-048 SEE-001 a lone scalar is the one parameter', async () => {
    const bytes = new Uint8Array([1, 2])
    const values = [
      ['joe', 'text'],
      [5, 'integer'],
      [2n ** 60n, 'integer'],
      [null, 'text'],
      [bytes, 'bytes'],
      ['', 'text'],
    ] as const
    for (const [value, type] of values) {
      assert.deepEqual(await pool.runQuery(sql(`SELECT ${typed(type)} AS value`), value), [{ value }])
      if (can.names) assert.deepEqual(await pool.runQuery('SELECT :name AS value', value), [{ value }])
    }
  })

  test('ADB-049 wrong parameters are refused, and change nothing', async () => {
    const t = await table('mismatch')
    const expected = { code: 'PARAMETER_COUNT', kind: 'parameters', message: /2 placeholders, but 1 value was given/ }
    await refused(() => pool.runOperation(sql(`INSERT INTO ${t} VALUES (?, ?)`), [1]), ProgrammingError, expected)
    assert.equal(await count(t), 0)
  })

  test('ADB-050 SEE-009 the database’s error says code, kind and statement, and the pool goes on', async () => {
    const select = sql('SELECT * FROM missing WHERE a = ?')
    const error = await refused(() => pool.runQuery(select, 'secret'), ProgrammingError, {
      code: codes.missing,
      kind: 'missing',
      message: /missing/,
    })
    assert.equal(error.sql, select)
    assert.ok(error.cause instanceof Error)
    assert.doesNotMatch(JSON.stringify(error) + error.message + error.stack, /secret/)
    await usable(pool)
  })

  test('ADB-052 executeMany runs all sets, or none', async () => {
    const t = await table('many')
    const insert = sql(`INSERT INTO ${t} (name) VALUES (?)`)
    assert.deepEqual(await pool.executeMany(insert, [['a'], 'b', ['c']]), { rowCount: 3 })
    const error = await refused(() => pool.executeMany(insert, [['d'], ['e'], ['a']]), IntegrityError, {
      code: codes.unique,
      kind: 'unique',
    })
    assert.equal(error.index, 2)
    assert.equal(await count(t), 3)
    assert.deepEqual(await pool.executeMany(insert, []), { rowCount: 0 })
  })

  test('ADB-052 executeMany takes sets by name', { skip: !can.names && 'no names here' }, async () => {
    const t = await table('many_by_name')
    await pool.executeMany(`INSERT INTO ${t} VALUES (:id, :name)`, [
      { id: 1, name: 'a' },
      { name: 'b', id: 2 },
    ])
    assert.deepEqual(await pool.runQuery(`SELECT id FROM ${t} ORDER BY name`), [{ id: 1 }, { id: 2 }])
  })

  test('ADB-053 of 1000 concurrent queries each gets its own row', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => i)
    const rows = await Promise.all(
      ids.map((id) => pool.runQuery(sql(`SELECT ${typed('integer')} AS id, ${typed('text')} AS text`), [id, `${id}`])),
    )
    assert.deepEqual(
      rows,
      ids.map((id) => [{ id, text: `${id}` }]),
    )
  })

  test('ADB-053 of 1000 concurrent calls, every third of which fails, each gets its own answer', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => i)
    const call = (id: number) => {
      if (id % 3 === 0) return pool.runQuery(sql(`SELECT ${typed('integer')} AS id FROM missing${id % 2}`), [id])
      if (id % 3 === 1) return pool.runQuery(sql(`SELECT ${typed('integer')} AS id`), [id])
      return pool.runQuery(sql(`SELECT ${typed('integer')} AS id`), [undefined as unknown as null])
    }
    const answers = await Promise.allSettled(ids.map(call))
    for (const [id, answer] of answers.entries()) {
      if (id % 3 === 1) assert.deepEqual(answer, { status: 'fulfilled', value: [{ id }] })
      else
        assert.match(
          String((answer as PromiseRejectedResult).reason),
          id % 3 ? /undefined/ : RegExp(`missing${id % 2}`),
        )
    }
  })

  test('a statement that only sometimes writes may have passed for a read before', async () => {
    const drop = 'DROP TABLE IF EXISTS sometimes'
    const create = 'CREATE TABLE IF NOT EXISTS sometimes (a INTEGER)'
    for (const _ of [1, 2, 3]) {
      for (const sql of [drop, drop, create, create]) assert.deepEqual(await pool.runQuery(sql), [])
      await collect(pool.stream(drop))
      await collect(pool.stream(create))
      await pool.runOperation(drop)
      await pool.runOperation(create)
    }
    await usable(pool)
  })

  test('of more texts than a connection keeps each gets its own rows, many at once', async (t) => {
    for (const statementCache of [0, 2]) {
      const few = closedAtEnd(t, new ConnectionPool(database.driver, { ...database.connect(t), statementCache }))
      const calls = Array.from({ length: 500 }, (_, i) => ({ column: `c${i % 20}`, value: i }))
      const answers = await Promise.all(
        calls.map(({ column, value }) => few.runQuery(sql(`SELECT ${typed('integer')} AS ${column}`), value)),
      )
      assert.deepEqual(
        answers,
        calls.map(({ column, value }) => [{ [column]: value }]),
      )
    }
  })

  test('parameters are read when the call is made, whatever becomes of them later', async () => {
    const t = await table('reused')
    const values: [number, string] = [0, '']
    const calls: Promise<unknown>[] = []
    for (let id = 1; id <= 300; id++) {
      values[0] = id
      values[1] = `name ${id}`
      calls.push(pool.runOperation(sql(`INSERT INTO ${t} VALUES (?, ?)`), values))
    }
    await Promise.all(calls)
    assert.equal(await count(t), 300)
  })
})
