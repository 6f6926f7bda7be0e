import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { BlockingConnection, BlockingDriver, BoundValues, Tuple, Value } from '../../src/contract/index.ts'
import { ValueSets } from '../../src/contract/index.ts'
import { severalRowsText } from '../../src/drivers/sqlite/insert-text.ts'
import type { NativeStatement } from '../../src/drivers/sqlite/native.ts'
import type { SqliteOptions } from '../../src/drivers/sqlite/options.ts'
import { scan } from '../../src/drivers/sqlite/scan.ts'
import { severalOf } from '../../src/drivers/sqlite/several.ts'
import { drivers, failureOf, folder, memory, one, open, run } from './databases.ts'

test('the text for several rows repeats the row, and all around it stays', () => {
  const same: [sql: string, three: string][] = [
    ['INSERT INTO t VALUES (?)', 'INSERT INTO t VALUES (?), (?), (?)'],
    [
      'insert into main . "t ?" (a, "b)") values (?,?)',
      'insert into main . "t ?" (a, "b)") values (?,?), (?,?), (?,?)',
    ],
    ['INSERT OR IGNORE INTO [t] AS x VALUES(?) ; -- end', 'INSERT OR IGNORE INTO [t] AS x VALUES(?), (?), (?)'],
    ['REPLACE INTO t VALUES (? /* 1 */)', 'REPLACE INTO t VALUES (? /* 1 */), (? /* 1 */), (? /* 1 */)'],
  ]
  for (const [sql, three] of same) assert.equal(severalRowsText(sql, 3), three)
})

test('there is no text for several rows of anything but a plain INSERT of placeholders', () => {
  for (const sql of [
    'INSERT INTO t VALUES (?1)',
    'INSERT INTO t VALUES (:a)',
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t VALUES (? + 1)',
    'INSERT INTO t VALUES (lower(?))',
    'INSERT INTO t VALUES ((SELECT ?))',
    'INSERT INTO t VALUES (?), (?)',
    'INSERT INTO t VALUES (?) ON CONFLICT DO NOTHING',
    'INSERT INTO t VALUES (?) RETURNING a',
    'INSERT INTO t SELECT ? WHERE true',
    'INSERT INTO t SELECT ? UNION ALL VALUES (?)',
    'INSERT INTO t DEFAULT VALUES',
    'WITH x AS (SELECT 1) INSERT INTO t VALUES (?)',
    'EXPLAIN INSERT INTO t VALUES (?)',
    'UPDATE t SET a = ?',
    'DELETE FROM t WHERE a = ?',
    'INSERT INTO t VALUES (?); DELETE FROM t',
    'INSERT INTO t VALUES (?',
    'INSERT',
    '',
  ]) {
    assert.equal(severalRowsText(sql, 3), null, sql)
  }
})

/** Tables called `t` with columns `a`, `b` and `c`, and whether several of their rows are inserted at once. */
const tables: Readonly<Record<string, { readonly sql: string; readonly several: boolean }>> = {
  plain: { sql: 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c REAL)', several: true },
  'without types': { sql: 'CREATE TABLE t (a, b, c)', several: true },
  constraints: { sql: 'CREATE TABLE t (a INTEGER NOT NULL CHECK (a > -3), b UNIQUE, c)', several: true },
  autoincrement: { sql: 'CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b, c UNIQUE)', several: true },
  'without row ids': { sql: 'CREATE TABLE t (b, a, c, PRIMARY KEY (a, b)) WITHOUT ROWID', several: true },
  strict: { sql: 'CREATE TABLE t (a INTEGER UNIQUE, b ANY, c TEXT) STRICT', several: true },
  generated: { sql: 'CREATE TABLE t (a, b, c, d AS (a || b) STORED UNIQUE)', several: true },
  'a parent': { sql: 'CREATE TABLE t (a UNIQUE, b, c); CREATE TABLE u (x REFERENCES t (a))', several: true },
  'a child': {
    sql: 'CREATE TABLE p (x PRIMARY KEY); INSERT INTO p VALUES (1), (2), (3); CREATE TABLE t (a REFERENCES p, b, c)',
    several: true,
  },
  'its own parent': { sql: 'CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER REFERENCES t, c)', several: false },
  'its own parent by a key': { sql: 'CREATE TABLE t (a UNIQUE, b REFERENCES t (a), c)', several: false },
  'conflicts that keep': { sql: 'CREATE TABLE t (a UNIQUE ON CONFLICT FAIL, b, c)', several: false },
  'conflicts that end all': { sql: 'CREATE TABLE t (a UNIQUE ON CONFLICT ROLLBACK, b, c)', several: false },
  'missing values that end all': { sql: 'CREATE TABLE t (a, b NOT NULL ON CONFLICT ROLLBACK, c)', several: false },
  'conflicts that replace': { sql: 'CREATE TABLE t (a UNIQUE ON CONFLICT REPLACE, b, c)', several: true },
  'conflicts that are ignored': { sql: 'CREATE TABLE t (a UNIQUE ON CONFLICT IGNORE, b, c)', several: true },
  'a parent whose rows are replaced': {
    sql: `CREATE TABLE t (a UNIQUE, b UNIQUE ON CONFLICT REPLACE, c); CREATE TABLE u (x REFERENCES t (a));
      INSERT INTO t VALUES (1, 1, 1); INSERT INTO u VALUES (1)`,
    several: false,
  },
  'a default that counts': { sql: 'CREATE TABLE t (a, b, c, d DEFAULT (changes()))', several: false },
  'a trigger': {
    sql: `CREATE TABLE t (a UNIQUE, b, c); CREATE TABLE log (n);
      CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log SELECT count(*) FROM t; END`,
    several: false,
  },
  'a trigger that ends all': {
    sql: `CREATE TABLE t (a, b, c);
      CREATE TRIGGER g BEFORE INSERT ON t WHEN new.a = 1 BEGIN SELECT RAISE(ROLLBACK, 'no'); END`,
    several: false,
  },
  'a view': {
    sql: `CREATE TABLE u (a, b, c); CREATE VIEW t AS SELECT * FROM u;
      CREATE TRIGGER g INSTEAD OF INSERT ON t BEGIN INSERT INTO u VALUES (new.a, new.b, new.c); END`,
    several: false,
  },
  'a virtual table': { sql: 'CREATE VIRTUAL TABLE t USING fts5(a, b, c)', several: false },
}

const verbs = ['INSERT', 'INSERT OR ABORT', 'INSERT OR IGNORE', 'INSERT OR REPLACE', 'REPLACE']
const keeping = ['INSERT OR FAIL', 'INSERT OR ROLLBACK']

const insert = (verb: string) => `${verb} INTO t (a, b, c) VALUES (?, ?, ?)`

test('which tables take several rows at once', () => {
  for (const [name, table] of Object.entries(tables)) {
    const database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true })
    database.exec(table.sql)
    const prepare = (sql: string) => {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return { all: (values: readonly Value[]) => statement.all(...values) } as unknown as NativeStatement
    }
    const several = (sql: string) => severalOf(sql, scan(sql), prepare) !== null
    assert.equal(several(insert('INSERT')), table.several, name)
    if (name === 'constraints') for (const verb of keeping) assert.equal(several(insert(verb)), false, verb)
    if (name === 'plain') {
      for (const verb of verbs) assert.ok(several(insert(verb)), verb)
      database.exec("ATTACH ':memory:' AS other; CREATE TABLE other.x (a)")
      assert.equal(several('INSERT INTO other.x VALUES (?)'), false)
    }
    database.close()
  }
})

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 60 }) },
  fc.integer({ min: -3, max: 4 }),
  fc.constantFrom<Value>(null, 1.5, -0, 2 ** 53, 2n ** 62n, '1', 'x', '\0', Infinity, new Uint8Array([1, 2])),
)
/** Mostly rows that do not conflict, so that the first that does may be anywhere. */
const row = (place: number) =>
  fc.oneof({ weight: 30, arbitrary: fc.constant([place, place, place]) }, fc.tuple(value, value, value))
const rows = fc.nat(70).chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => row(i + 1))))

interface Run {
  readonly error: unknown
  readonly rowCount: number
  readonly inTransaction: boolean
  readonly counted: readonly Tuple[]
  readonly content: readonly (readonly Tuple[])[]
}

interface Case {
  readonly driver: BlockingDriver<SqliteOptions>
  readonly table: string
  readonly sql: string
  readonly begun: boolean
}

function outcomeOf(
  { driver, table, sql, begun }: Case,
  connection: BlockingConnection,
  sets: Iterable<BoundValues>,
): Run {
  for (const text of statementsOf(table)) run(connection, text)
  if (begun) connection.begin('write')
  const cursor = connection.cursor()
  let error: unknown = null
  try {
    cursor.executeMany(sql, sets)
  } catch (thrown) {
    const { cause: _, ...record } = driver.failure(thrown)
    error = record
  }
  const { inTransaction } = connection
  const counted = error ? [] : run(connection, 'SELECT changes(), total_changes(), last_insert_rowid()')
  const names = run(connection, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
  const content = names.map(([name]) => run(connection, `SELECT * FROM "${name}"`))
  const { rowCount } = cursor
  connection.close()
  return { error, rowCount, inTransaction, counted, content }
}

function statementsOf(table: string): string[] {
  return (tables[table]?.sql ?? '').split(/;\s+(?=CREATE|INSERT INTO [tup] VALUES \(\d)/)
}

for (const driver of drivers) {
  test(`${driver.name}: several rows at once end as rows one by one, and blame the same row`, (t) => {
    const names = fc.constantFrom(...Object.keys(tables))
    const verb = fc.constantFrom(...verbs, ...keeping)
    fc.assert(
      fc.property(names, verb, rows, fc.boolean(), (table, given, sets, begun) => {
        const each: Case = { driver, table, sql: insert(given), begun }
        const together = outcomeOf(each, memory(t, driver), ValueSets.of(sets))
        assert.deepStrictEqual(together, outcomeOf(each, memory(t, driver), sets))
      }),
      { numRuns: 600 },
    )
  })

  test(`${driver.name}: what another connection changes of the schema is seen`, (t) => {
    const file = `${folder(t)}/test.db`
    const { connection } = open(t, driver, file)
    const { connection: other } = open(t, driver, file)
    run(connection, 'CREATE TABLE t (a UNIQUE, b, c)')
    const sets = (from: number) => ValueSets.of(Array.from({ length: 40 }, (_, i) => [from + i, 1, 1]))
    const cursor = connection.cursor()
    cursor.executeMany(insert('INSERT'), sets(0))
    run(other, "CREATE TRIGGER g BEFORE INSERT ON t WHEN new.a = 120 BEGIN SELECT RAISE(FAIL, 'no'); END")
    connection.beginBatch?.()
    // Several rows at once would leave those before it, and find the first of them in the way of themselves.
    const { index, message } = failureOf(driver, () => cursor.executeMany(insert('INSERT'), sets(100)))
    assert.deepEqual([index, message], [20, 'no'])
    assert.equal(one(connection, 'SELECT count(*) FROM t'), 60n)
  })
}
