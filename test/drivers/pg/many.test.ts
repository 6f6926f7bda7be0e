import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Value } from '../../../src/contract/index.ts'
import { failed, run, site, statement, succeeded } from './fixtures.ts'

const place = site()

/** Sets in groups, as a pool sends them: the first tells whether those behind it may go together. */
async function insert(connection: Connection, sql: string, sets: readonly (readonly Value[])[], group = 300) {
  let rowCount = 0
  for (let from = 0; from < sets.length; from += group) {
    const part = sets.slice(from, from + group)
    rowCount += succeeded(await connection.queryMany({ ...statement(sql), inTransaction: true }, part)).rowCount
  }
  return rowCount
}

/** How many texts for several rows the server has prepared for this connection. */
async function together(connection: Connection): Promise<unknown> {
  const sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT%VALUES (%), (%'"
  const [row] = (await run(connection, sql)) as [[number]]
  return row[0]
}

async function begun(table: string, options?: Parameters<typeof place.connect>[0]): Promise<Connection> {
  const connection = await place.connect(options)
  await run(connection, `CREATE TEMP TABLE t ${table}`)
  assert.equal(await connection.begin('write'), null)
  return connection
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => [i, `n${i}`] as const)

test('DBA-040 sets of an INSERT go several in one statement, and every row is there', async () => {
  const connection = await begun('(id int PRIMARY KEY, name text)')
  const sets = numbers(1000)
  assert.equal(await insert(connection, 'INSERT INTO t VALUES ($1, $2)', sets), 1000)
  assert.equal(await together(connection), 2)
  assert.deepEqual(await run(connection, 'SELECT * FROM t ORDER BY id'), sets)
  assert.equal(await connection.commit(), null)
  assert.deepEqual(await run(connection, 'SELECT count(*) FROM t'), [[1000]])
})

test('DBA-040 without prepared statements, and with the smallest cache of them, it is the same', async () => {
  for (const options of [{ preparedStatements: false }, { statementCache: 0 }, { statementCache: 1 }]) {
    const connection = await begun('(id int PRIMARY KEY, name text)', options)
    assert.equal(await insert(connection, 'INSERT INTO t VALUES ($1, $2)', numbers(1000)), 1000)
    assert.deepEqual(await run(connection, 'SELECT * FROM t ORDER BY id'), numbers(1000))
    assert.equal(await connection.commit(), null)
  }
})

test('DBA-042 the set that fails among several is found, what was before it stays with an outer savepoint', async () => {
  for (const bad of [300, 555, 556, 587, 588, 599]) {
    const connection = await begun('(id int PRIMARY KEY, name text)')
    const sql = 'INSERT INTO t VALUES ($1, $2)'
    await insert(connection, sql, numbers(300))
    assert.equal(await connection.savepoint('outer'), null)
    await insert(
      connection,
      sql,
      numbers(400)
        .slice(300)
        .map(([id]) => [id + 1000, 'x']),
    )
    const sets = numbers(600)
      .slice(300)
      .map(([id, name]) => (id === bad ? [5, name] : [id, name]))
    const query = { ...statement(sql), inTransaction: true }
    const failure = failed(await connection.queryMany(query, sets))
    assert.equal(failure.record.kind, 'unique')
    assert.equal(failure.record.index, bad - 300)
    assert.equal(failed(await connection.query({ ...query, values: [1, 'x'] })).record.kind, 'rolledBack')
    assert.equal(await connection.rollbackToSavepoint('outer'), null)
    assert.deepEqual(await run(connection, 'SELECT count(*) FROM t'), [[300]])
    await connection.close()
  }
})

test('DBA-042 a value that does not fit its column is found among several as well', async () => {
  const connection = await begun('(id int PRIMARY KEY, name int)')
  const sql = 'INSERT INTO t VALUES ($1, $2)'
  await insert(
    connection,
    sql,
    numbers(300).map(([id]) => [id, id]),
  )
  const sets = numbers(200).map(([id, name]) => [id + 300, id === 77 ? name : id])
  const failure = failed(await connection.queryMany({ ...statement(sql), inTransaction: true }, sets))
  assert.deepEqual([failure.record.kind, failure.record.index], ['value', 77])
  assert.ok(!failure.record.message.includes('n77'))
})

test('ON CONFLICT DO NOTHING counts the rows that were inserted', async () => {
  const connection = await begun('(id int PRIMARY KEY, name text)')
  const sets = numbers(1000).map(([id, name]) => [id % 450, name])
  assert.equal(await insert(connection, 'INSERT INTO t VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', sets), 450)
  assert.equal(await together(connection), 2)
})

const TYPES: readonly (readonly [type: string, value: (i: number) => Value])[] = [
  ['bool', (i) => (i % 2 === 0 ? 'true' : 0)],
  ['smallint', (i) => i],
  ['bigint', (i) => 2n ** 60n + BigInt(i)],
  ['float4', (i) => i / 4],
  ['float8', (i) => (i === 40 ? Number.POSITIVE_INFINITY : i / 3)],
  ['numeric(20, 4)', (i) => `${i}.25`],
  ['text', (i) => `'"\\ü${i}`],
  ['varchar(10)', (i) => `v${i}`],
  ['"char"', () => 'c'],
  ['bytea', (i) => Uint8Array.of(0, i % 256, 255)],
  ['json', (i) => `{"a": [${i}]}`],
  ['jsonb', (i) => `{"a": [${i}]}`],
  ['uuid', () => '00000000-0000-0000-0000-00000000000a'],
  ['date', () => '2024-02-29'],
  ['timestamptz', (i) => `2024-02-29 12:00:00.${100 + i}+02`],
  ['interval', (i) => `${i} days`],
  ['int[]', (i) => `{${i},NULL}`],
  ['text[]', (i) => `{"a,${i}",b}`],
  ['mood', (i) => (i % 2 === 0 ? 'glad' : 'sad')],
  ['mood[]', () => '{glad,sad}'],
  ['positive', (i) => i + 1],
  ['pair', (i) => `(${i},x)`],
  ['inet', () => '10.0.0.1'],
  ['int4range', (i) => `[${i},${i + 5})`],
  ['tsvector', (i) => `a b${i}`],
  ['bit(3)', () => '101'],
  ['point', (i) => `(${i},2)`],
]

test('a value of each type is taken for several rows as it is for one, and so is NULL', async () => {
  const connection = await place.connect()
  await run(connection, "CREATE TYPE mood AS ENUM ('glad', 'sad')")
  await run(connection, 'CREATE DOMAIN positive AS int CHECK (VALUE > 0)')
  await run(connection, 'CREATE TYPE pair AS (a int, b text)')
  const columns = TYPES.map(([type], i) => `c${i} ${type}`).join(', ')
  for (const table of ['one', 'several']) await run(connection, `CREATE TEMP TABLE ${table} (id int, ${columns})`)
  const values = (row: number) => [row, ...TYPES.map(([, value], i) => ((row + i) % 7 === 6 ? null : value(row)))]
  const sets = Array.from({ length: 200 }, (_, row) => values(row))
  const sql = (table: string) => `INSERT INTO ${table} VALUES (${['', ...TYPES].map((_, i) => `$${i + 1}`).join(', ')})`
  assert.equal(await connection.begin('write'), null)
  for (const set of sets) await run(connection, sql('one'), set, { inTransaction: true })
  assert.equal(await insert(connection, sql('several'), sets, 100), 200)
  assert.equal(await together(connection), 1)
  const all = (table: string) => run(connection, `SELECT * FROM ${table} ORDER BY id`)
  assert.deepEqual(await all('several'), await all('one'))
})

const BARRED: readonly (readonly [what: string, ...make: string[]])[] = [
  [
    'a trigger',
    'CREATE TABLE bar (id int, name text)',
    'CREATE TRIGGER x AFTER INSERT ON bar FOR EACH ROW EXECUTE FUNCTION count_rows()',
  ],
  ['a rule', 'CREATE TABLE bar (id int, name text)', 'CREATE RULE x AS ON INSERT TO bar DO ALSO SELECT 1'],
  ['a key that refers to its own table', 'CREATE TABLE bar (id int PRIMARY KEY REFERENCES bar, name text)'],
  ['a policy', 'CREATE TABLE bar (id int, name text)', 'ALTER TABLE bar ENABLE ROW LEVEL SECURITY'],
  ["a default of one's own", 'CREATE TABLE bar (id int, name text, n bigint DEFAULT rows_of_bar())'],
  ['a view', 'CREATE TABLE under (id int, name text)', 'CREATE VIEW bar AS SELECT * FROM under'],
  [
    'a trigger of a partition',
    'CREATE TABLE bar (id int, name text) PARTITION BY RANGE (id)',
    'CREATE TABLE bar1 PARTITION OF bar FOR VALUES FROM (0) TO (1000)',
    'CREATE TRIGGER x AFTER INSERT ON bar1 FOR EACH ROW EXECUTE FUNCTION count_rows()',
  ],
]

test('what would see several rows at once keeps them apart', async (t) => {
  const connection = await place.connect()
  const functions = [
    `CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM 1 / (CASE WHEN (SELECT max(id) FROM bar) > NEW.id THEN 0 ELSE 1 END); RETURN NULL; END $$`,
    `CREATE FUNCTION rows_of_bar() RETURNS bigint STABLE LANGUAGE plpgsql AS $$ BEGIN
      RETURN (SELECT count(*) FROM bar); END $$`,
  ]
  for (const sql of functions) await run(connection, sql)
  for (const [what, ...make] of BARRED) {
    await t.test(what, async () => {
      assert.equal(await connection.begin('write'), null)
      for (const sql of make) await run(connection, sql)
      assert.equal(await insert(connection, 'INSERT INTO bar VALUES ($1, $2)', numbers(500), 100), 500)
      assert.equal(await together(connection), 0)
      assert.equal(await connection.rollback(), null)
    })
  }
})

test('partitions, defaults of PostgreSQL and keys to other tables do not', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TABLE owner (id int PRIMARY KEY)')
  await run(connection, 'INSERT INTO owner SELECT generate_series(0, 499)')
  await run(
    connection,
    `CREATE TABLE part (id int REFERENCES owner, name text, no serial, at timestamptz DEFAULT now(),
    code uuid DEFAULT gen_random_uuid()) PARTITION BY RANGE (id)`,
  )
  await run(connection, 'CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (1000)')
  assert.equal(await connection.begin('write'), null)
  const sql = 'INSERT INTO part (id, name, no) VALUES ($1, $2, DEFAULT)'
  assert.equal(await insert(connection, sql, numbers(500), 100), 500)
  assert.equal(await together(connection), 1)
  assert.deepEqual(await run(connection, 'SELECT count(*) FROM part WHERE no = id + 1 AND code IS NOT NULL'), [[500]])
  await connection.rollback()
})

test('a trigger that is made between two groups is seen by the second', async () => {
  const connection = await begun('(id int, name text)')
  await run(
    connection,
    `CREATE FUNCTION pg_temp.first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO t SELECT -count(*), 'statement' FROM t; RETURN NULL; END $$`,
  )
  const sql = 'INSERT INTO t VALUES ($1, $2)'
  await insert(connection, sql, numbers(200), 100)
  const trigger = 'CREATE TRIGGER x AFTER INSERT ON t WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION pg_temp.first()'
  await run(connection, trigger)
  await insert(connection, sql, numbers(200), 100)
  assert.deepEqual(await run(connection, "SELECT count(*) FROM t WHERE name = 'statement'"), [[200]])
})

test('statements for several rows that the server has forgotten are prepared anew, and nothing is lost', async () => {
  const connection = await place.connect()
  await run(connection, 'CREATE TEMP TABLE t (id int PRIMARY KEY, name text)')
  const sql = 'INSERT INTO t VALUES ($1, $2)'
  const round = async (from: number) => {
    assert.equal(await connection.begin('write'), null)
    const sets = numbers(600).map(([id, name]) => [id + from, name])
    assert.equal(await insert(connection, sql, sets), 600)
    assert.equal(await connection.commit(), null)
  }
  await round(0)
  await run(connection, 'DEALLOCATE ALL')
  succeeded(await connection.queryMany(statement(sql), [[-1, 'x']]))
  await round(1000)
  await round(2000)
  assert.equal(await together(connection), 2)
  assert.deepEqual(await run(connection, 'SELECT count(*) FROM t'), [[1801]])
})

test('a signal stops sets that go together, and the connection goes on', async () => {
  const [connection, locker] = [await place.connect(), await place.connect()]
  await run(connection, 'CREATE TABLE locked (id int PRIMARY KEY, name text)')
  const sql = 'INSERT INTO locked VALUES ($1, $2)'
  const query = { ...statement(sql), inTransaction: true }
  assert.equal(await connection.begin('write'), null)
  await insert(connection, sql, numbers(300))
  assert.equal(await locker.begin('write'), null)
  await run(locker, sql, [500, 'first'], { inTransaction: true })
  const abort = new AbortController()
  const stopped = connection.queryMany({ ...query, signal: abort.signal }, numbers(900).slice(300))
  abort.abort()
  assert.equal(failed(await stopped).record.kind, 'aborted')
  assert.equal(failed(await connection.query({ ...query, values: [1, 'x'] })).record.kind, 'rolledBack')
  assert.equal(await connection.rollback(), null)
  assert.equal(await locker.rollback(), null)
  assert.deepEqual(await run(connection, 'SELECT count(*) FROM locked'), [[0]])
})
