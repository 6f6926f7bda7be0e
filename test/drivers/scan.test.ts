import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { NotSupportedError, ProgrammingError } from '../../src/contract/index.ts'
import { scan, shape } from '../../src/drivers/sqlite/scan.ts'

const RUNS = 6000
const Database = createRequire(import.meta.url)('better-sqlite3')

// Each row: the text, how many statements, how many values, the names of the values.
const table: [sql: string, statements: number, values: number, names?: string[]][] = [
  ['', 0, 0],
  [' \n\t;; -- nothing', 0, 0],
  ['/* nothing */', 0, 0],
  ['/* nothing', 0, 0],
  ['\ufeffSELECT 1', 1, 0],
  ['SELECT 1', 1, 0],
  ['SELECT 1;', 1, 0],
  [';SELECT 1;;', 1, 0],
  ['SELECT 1; SELECT 2', 2, 0],
  ['SELECT 1; -- SELECT 2', 1, 0],
  ['SELECT 1; /* SELECT 2 */ ;', 1, 0],
  ['SELECT 1 /* ; */; SELECT 2 /*', 2, 0],
  ['SELECT ?, ?', 1, 2],
  ["SELECT '?', ?, 'it''s ?'", 1, 1],
  ['SELECT "?", "a""?", ?', 1, 1],
  ['SELECT `?`, `a``?`, ?', 1, 1],
  ['SELECT [?], [a"?], ?', 1, 1],
  ["SELECT x'3f', X'', ?", 1, 1],
  ['SELECT 1 -- ?\n, ?', 1, 1],
  ['SELECT 1 /* ? */, ?', 1, 1],
  ['SELECT a->?, b->>?, c', 1, 2],
  ['SELECT a$b$?, ?', 1, 2],
  ['SELECT :a, @b, $c', 1, 3, ['a', 'b', 'c']],
  ['SELECT :a, :b, :a', 1, 2, ['a', 'b']],
  ['SELECT :ä, :名前', 1, 2, ['ä', '名前']],
  ['SELECT ?2, ?1', 1, 2, ['2', '1']],
  ['SELECT ?7', 1, 1, ['7']],
  ['SELECT ?007, ?7', 1, 1, ['7']],
  ['SELECT :a, ?9', 1, 2, ['a', '9']],
  ['SELECT $a::b, $c(d), $a::b(e.f)', 1, 3, ['a::b', 'c(d)', 'a::b(e.f)']],
  ['SELECT :__proto__, :constructor', 1, 2, ['__proto__', 'constructor']],
  ['SELECT \':a\', ":b", [:c], `:d` -- :e\n, :f', 1, 1, ['f']],
  ['SELECT 1.5e+3, .5, 0x1F, 1_000, ?', 1, 1],
  ["SELECT 'open ? ; SELECT", 1, 0],
  ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END', 1, 0],
  ['CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2', 2, 0],
  ['create temp trigger t after insert on a begin select case when 1 then 2 end; end; select 2', 2, 0],
  ['CREATE TEMPORARY /* x */ TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;;END;', 1, 0],
  ['EXPLAIN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;', 1, 0],
  ['EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 1', 2, 0],
  ['CREATE TABLE trigger_ (a); SELECT 1', 2, 0],
  ['SELECT 1; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END', 2, 0],
]

for (const [sql, statementCount, parameterCount, parameterNames = null] of table) {
  test(`DBA-005 the shape of ${JSON.stringify(sql)}`, () => {
    const { parameterCount: count, parameterNames: found, statementCount: statements } = shape(sql)
    assert.deepEqual([count, found, statements], [parameterCount, parameterNames, statementCount])
  })
}

const verbs: [sql: string, verb: string][] = [
  ['select 1', 'SELECT'],
  [' ; /* x */ Insert into t values (1)', 'INSERT'],
  ['WITH a AS (SELECT 1) SELECT * FROM a', 'SELECT'],
  ['WITH a(x, y) AS NOT MATERIALIZED (SELECT 1, (2)), b AS (SELECT 2) DELETE FROM t', 'DELETE'],
  ['WITH RECURSIVE replace(update_) AS (VALUES (1)) INSERT INTO t SELECT * FROM replace', 'INSERT'],
  ['WITH "select" AS (SELECT 1) REPLACE INTO t SELECT 1', 'REPLACE'],
  ['EXPLAIN DELETE FROM t', 'EXPLAIN'],
  ['VALUES (1)', 'VALUES'],
  ['', ''],
]

for (const [sql, verb] of verbs) {
  test(`the verb of ${JSON.stringify(sql)} is ${verb}`, () => assert.equal(scan(sql).verb, verb))
}

test('slots that numbers leave out are counted as SQLite counts them', () => {
  assert.equal(scan('SELECT ?3').gaps, 2)
  assert.equal(scan('SELECT ?3, :a, ?2').gaps, 1)
  assert.equal(scan('SELECT ?, ?').gaps, 0)
})

test('DBA-005 DBA-019 one name behind two prefixes is refused, and says how to mend it', () => {
  for (const sql of ['SELECT :a, @a', 'SELECT $a, :a', 'SELECT ?1, :1']) {
    assert.throws(
      () => shape(sql),
      (error) => {
        assert.ok(error instanceof NotSupportedError)
        assert.equal(error.kind, 'parameters')
        assert.match(error.message, /both the same way/)
        return true
      },
    )
  }
})

test('DBA-005 a number that SQLite has given to a name already is refused', () => {
  assert.throws(() => shape('SELECT :a, ?1'), { kind: 'parameters', code: 'AMBIGUOUS_PARAMETERS' })
  assert.deepEqual(shape('SELECT ?1, :a, ?1').parameterNames, ['1', 'a'])
})

test('DBA-005 anonymous placeholders beside named ones are refused', () => {
  for (const sql of ['SELECT ?, :a', 'SELECT ?1, ?']) {
    assert.throws(() => shape(sql), { kind: 'parameters', code: 'MIXED_PARAMETERS' })
  }
})

test('F115 a text that SQLite would cut or change is refused', () => {
  assert.throws(() => shape('SELECT 1\0; DROP TABLE t'), { kind: 'syntax', code: 'NUL_IN_SQL' })
  assert.throws(() => shape("SELECT 'a\ud800b'"), { kind: 'syntax', code: 'LONE_SURROGATE_IN_SQL' })
  assert.throws(() => shape('\0'), ProgrammingError)
})

test('a text of two megabytes is read in no time to speak of', () => {
  const sql = `SELECT ${"/* ? */ '?', ".repeat(150_000)} ?`
  // The processor's time: what else the machine does takes none of it.
  const before = process.cpuUsage()
  assert.equal(shape(sql).parameterCount, 1)
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 1_500_000, `it took ${user + system} microseconds`)
})

// Pieces that are dangerous next to each other; SQLite itself says what they mean.
const piece = fc.constantFrom(
  ...['SELECT', ' ', '1', ',', ';', '?', '?2', ':a', '@b', '$c', "'", '"', '`', '[', ']', '--', '\n', '/*', '*/', '/'],
  ...['-', "x'", 'ab', 'é', '😀', '\ufeff', '.', 'e', '+', '(', ')', '\v', '::', '_', '0x', '$', '#', '|', 'END', '*'],
)
const text = fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join(''))

/** How many statements SQLite finds in a text, one by one; null if it cannot read them all. */
function countStatements(database: DatabaseSync, sql: string): number | null {
  let rest = sql
  for (let count = 0; ; count++) {
    try {
      rest = rest.slice(database.prepare(rest).sourceSQL.length)
    } catch (error) {
      return (error as Error).message.includes('no statements') ? count : null
    }
  }
}

/** How many values SQLite wants for the one statement of a text; null where it wants names, or cannot read it. */
function countValues(database: typeof Database, sql: string): number | null {
  for (let values = 0; ; values++) {
    try {
      database.prepare(sql).all(...new Array(values).fill(null))
      return values
    } catch (error) {
      if (!/Too few/.test((error as Error).message)) return null
    }
  }
}

test('DBA-005 the scanner agrees with SQLite on any text that SQLite can read', () => {
  const counting = new DatabaseSync(':memory:')
  const binding = new Database(':memory:')
  let agreed = 0
  fc.assert(
    fc.property(fc.constantFrom('SELECT ', ''), text, (prefix, tail) => {
      const sql = prefix + tail
      const statements = countStatements(counting, sql)
      const ours = scanned(sql)?.shape
      if (statements === null || !ours) return
      agreed++
      assert.equal(ours.statementCount, statements)
      const values = statements === 1 ? countValues(binding, sql) : null
      if (values !== null) assert.equal(ours.parameterCount, values)
    }),
    { numRuns: RUNS },
  )
  counting.close()
  binding.close()
  assert.ok(agreed > RUNS / 50, `only ${agreed} texts were SQL`)
})

function scanned(sql: string): ReturnType<typeof scan> | null {
  try {
    return scan(sql)
  } catch (error) {
    assert.ok(error instanceof NotSupportedError)
    return null
  }
}

test('DBA-005 the names are those by which SQLite binds', () => {
  const database = new Database(':memory:')
  const placeholder = fc.constantFrom('?1', '?2', '?4', '?04', ':a', ':b', '@c', '$d', ':é', '$__proto__')
  const noise = fc.constantFrom("'?'", '"sqlite_schema"."name"', '1', '-- :x\n 2', '/* ? */ 3', "':a'")
  fc.assert(
    fc.property(fc.array(fc.oneof(placeholder, noise), { minLength: 1, maxLength: 8 }), (terms) => {
      const sql = `SELECT ${terms.join(', ')} FROM sqlite_schema`
      const read = scanned(sql)
      if (!read) return
      const { shape: found, nativeNames, gaps } = read
      const named = Object.create(null)
      for (const name of nativeNames) named[name] = 1n
      const values = [...(found.parameterNames ? [named] : []), new Array(gaps).fill(null)]
      // Too few, too many or unknown names would throw.
      assert.deepEqual(database.prepare(sql).all(...values), [])
    }),
    { numRuns: 500 },
  )
  database.close()
})

test('the shape tells what reads rows, what changes rows, and what does neither', () => {
  const kind = (sql: string) => {
    const { readsRows = false, changesRows = false } = shape(sql)
    return { readsRows, changesRows }
  }
  for (const sql of ['SELECT 1', '/* a */ VALUES (1)', 'WITH a AS (SELECT 1) SELECT * FROM a']) {
    assert.deepEqual(kind(sql), { readsRows: true, changesRows: false }, sql)
  }
  for (const sql of ['INSERT INTO t VALUES (1)', 'WITH a AS (SELECT 1) DELETE FROM t', 'REPLACE INTO t VALUES (1)']) {
    assert.deepEqual(kind(sql), { readsRows: false, changesRows: true }, sql)
  }
  for (const sql of ['BEGIN', 'PRAGMA user_version', 'CREATE TABLE t (a)', 'EXPLAIN SELECT 1', 'VACUUM', '']) {
    assert.deepEqual(kind(sql), { readsRows: false, changesRows: false }, sql)
  }
})
