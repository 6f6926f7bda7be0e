import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { shape } from '../../../src/drivers/pg/scan.ts'

function counts(sql: string): [statements: number, parameters: number] {
  const { statementCount, parameterCount } = shape(sql)
  return [statementCount, parameterCount]
}

/** Pieces of which a text can be made in any order, each whole, with what it counts for. */
const pieces: readonly string[] = [
  "'it''s $9; -- /* '",
  "E'\\' $9 ; \\\\'",
  "E'a' \n -- still\n 'b\\' $9;'",
  `"a "" $9;"`,
  '$$ $9; \' " $a$ $$',
  '$tag$ $$ $9; $ta$ $tag$',
  '-- $9; \' "\n',
  "/* $9; /* nested; */ ' */",
  'name$9',
  'übung$9',
  '1e5',
  '0.5',
  '::',
  '$ 9',
  "U&'d\\0061t\\+000061 $9'",
  "B'1'",
  '(',
  ')',
  '[1:2]',
  '->>',
  '@?',
  "'\\'",
]

test('P18 D17 what only looks like a placeholder or an end is none, whatever stands around it', () => {
  const parts = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom('$1', '$2', '$3', ';')))
  const runs = Number(process.env.RUNS ?? 3000)
  fc.assert(
    fc.property(parts, (some) => {
      const balanced = some.filter((piece) => piece !== '(' && piece !== ')')
      const sql = balanced.join(' ')
      const parameters = Math.max(
        0,
        ...balanced.filter((piece) => /^\$\d$/.test(piece)).map((piece) => Number(piece[1])),
      )
      const statements = balanced
        .join('\u0001')
        .split('\u0001')
        .reduce<{ count: number; inside: boolean }>(
          ({ count, inside }, piece) => {
            if (piece === ';') return { count, inside: false }
            const isGap = piece === '' || piece.startsWith('--') || piece.startsWith('/*')
            return isGap || inside ? { count, inside } : { count: count + 1, inside: true }
          },
          { count: 0, inside: false },
        ).count
      assert.deepEqual(counts(sql), [statements, parameters], sql)
    }),
    { numRuns: runs },
  )
})

test('any text is read to its end', () => {
  const hostile = fc.string({ unit: fc.constantFrom(...'\'"$-/*\\;()eE \n_a1.ü😀[]&U') })
  fc.assert(
    fc.property(hostile, (sql) => void shape(sql)),
    { numRuns: 3000 },
  )
})

describe('what is no statement of its own is not counted', () => {
  const texts: [sql: string, statements: number, parameters: number][] = [
    ['', 0, 0],
    [';;', 0, 0],
    ['SELECT $1 + $1 + $3', 1, 3],
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 1', 2, 0],
    ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 1, 0],
    ['DO $$ BEGIN PERFORM 1; END $$', 1, 0],
    ["SELECT 'a\\'; SELECT 2", 2, 0],
    ["SELECT E'a\\'; SELECT 2'", 1, 0],
  ]
  for (const [sql, statements, parameters] of texts) {
    test(JSON.stringify(sql), () => assert.deepEqual(counts(sql), [statements, parameters]))
  }
})

test('a shape tells what begins and ends transactions, what reads and what changes', () => {
  const told = (sql: string) => {
    const { controlsTransaction, readsRows, changesRows } = shape(sql)
    return [controlsTransaction && 'controls', readsRows && 'reads', changesRows && 'changes'].filter(Boolean).join()
  }
  for (const sql of ['BEGIN', 'start transaction', 'Commit', 'END', 'ROLLBACK', 'abort', "PREPARE TRANSACTION 'x'"]) {
    assert.equal(told(sql), 'controls', sql)
  }
  const others = [
    'ROLLBACK TO a',
    'ROLLBACK WORK TO SAVEPOINT a',
    'SAVEPOINT a',
    "COMMIT PREPARED 'x'",
    'PREPARE p AS SELECT 1',
  ]
  for (const sql of [...others, 'CREATE TABLE t ()', 'SELECT 1 INTO t', 'SELECT 1 FOR UPDATE', 'EXPLAIN SELECT 1']) {
    assert.equal(told(sql).replace('changes', ''), '', sql)
  }
  const reads = [
    'SELECT 1',
    'VALUES (1)',
    'TABLE t',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    '(SELECT 1) UNION (SELECT 2)',
  ]
  for (const sql of reads.slice(0, 4)) assert.equal(told(sql), 'reads', sql)
  const changes = [
    'INSERT INTO t DEFAULT VALUES',
    'update t set a = 1',
    'WITH a AS (SELECT 1) DELETE FROM t',
    'MERGE INTO t',
  ]
  for (const sql of [...changes, 'WITH a AS (INSERT INTO t DEFAULT VALUES RETURNING 1) SELECT * FROM a']) {
    assert.equal(told(sql), 'changes', sql)
  }
})

test('P8 a scan tells what may leave something in the session', () => {
  const touching = [
    'SET x = 1',
    'LISTEN a',
    'CREATE TEMP TABLE t ()',
    "SELECT set_config('a', 'b', false)",
    'SELECT pg_advisory_lock(1)',
  ]
  for (const sql of [
    ...touching,
    'PREPARE p AS SELECT 1',
    'LOAD $$x$$',
    'DO $$ $$',
    'CALL p()',
    'SELECT 1 INTO TEMP t',
  ]) {
    assert.equal(shape(sql).touchesSession ?? false, true, sql)
  }
  for (const sql of ['SELECT 1', 'INSERT INTO t VALUES (1)', 'CREATE TABLE t ()', 'UPDATE t SET a = 1', 'SHOW x']) {
    assert.equal(shape(sql).touchesSession ?? false, false, sql)
  }
})

test('a text that could not be sent is refused', () => {
  assert.throws(() => shape('SELECT \0'), { code: 'NUL_IN_SQL' })
  assert.throws(() => shape("SELECT '\ud800'"), { code: 'LONE_SURROGATE_IN_SQL' })
})
