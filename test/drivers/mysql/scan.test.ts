import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { scan, shape } from '../../../src/drivers/mysql/scan.ts'

const counts = (sql: string) => {
  const { statementCount, parameterCount } = shape(sql)
  return [statementCount, parameterCount]
}

test('placeholders in text, names and comments are none', () => {
  for (const [sql, expected] of [
    ["SELECT 'a\\'?', ?", [1, 1]],
    ["SELECT 'a''?', ?", [1, 1]],
    ['SELECT "a\\"?", ?', [1, 1]],
    ['SELECT `a?``?`, ?', [1, 1]],
    ['SELECT ? # ?; ?\n, ?', [1, 2]],
    ['SELECT ? -- ?\n, ?', [1, 2]],
    ['SELECT 5--?', [1, 1]],
    ['SELECT ? /* ? ; */ , ?', [1, 2]],
    ["SELECT '\\\\', ?", [1, 1]],
    ["SELECT N'?', x'00', _utf8mb4'?', @'?', ?", [1, 1]],
    ['SELECT 1; -- done', [1, 0]],
    ['/* nothing */ # at all', [0, 0]],
  ] as const) {
    assert.deepEqual(counts(sql), expected, sql)
  }
})

test('a comment that the server runs is read like the text around it', () => {
  assert.deepEqual(counts('SELECT /*! ?, */ ?'), [1, 2])
  assert.deepEqual(counts('SELECT /*!50000 ?, */ ?'), [1, 2])
  assert.deepEqual(counts('SELECT /*M!100100 ?, */ ?'), [1, 2])
  assert.deepEqual(counts("SELECT /*! '*/' , /* ? */ */ ?"), [1, 1])
  assert.equal(shape('/*! COMMIT */').controlsTransaction, true)
})

test('F81 what begins or ends a transaction says so, however it is written', () => {
  for (const sql of [
    'BEGIN',
    'begin work',
    'COMMIT',
    'ROLLBACK',
    'START TRANSACTION READ ONLY',
    '/* x */ commit',
    'SET autocommit = 0',
    'SET @@session.autocommit = 0',
    'XA START "x"',
  ]) {
    assert.equal(shape(sql).controlsTransaction, true, sql)
  }
  for (const sql of ['ROLLBACK TO SAVEPOINT a', 'SAVEPOINT a', 'START SLAVE', 'SELECT `commit`', "SELECT 'COMMIT'"]) {
    assert.equal(shape(sql).controlsTransaction, undefined, sql)
  }
})

test('the verb tells whether rows are read or changed', () => {
  assert.equal(shape('SELECT 1').readsRows, true)
  assert.equal(shape('WITH a AS (SELECT 1) SELECT * FROM a').readsRows, true)
  assert.equal(shape('SELECT 1 INTO @a').readsRows, undefined)
  assert.equal(shape('WITH a AS (SELECT 1), b (x) AS (SELECT 2) DELETE FROM t').changesRows, true)
  assert.equal(shape('REPLACE INTO t VALUES (1)').changesRows, true)
  assert.equal(shape('CREATE TABLE t (a int)').changesRows, undefined)
})

test('F82 a statement that commits what is open is known by its verb', () => {
  for (const sql of ['CREATE TABLE t (a int)', 'ALTER TABLE t ADD b int', 'TRUNCATE t', 'LOCK TABLES t READ']) {
    assert.equal(scan(sql).commits, true, sql)
  }
  for (const sql of ['CREATE TEMPORARY TABLE t (a int)', 'DROP TEMPORARY TABLE t', 'INSERT INTO t VALUES (1)']) {
    assert.equal(scan(sql).commits, false, sql)
  }
})

test('the body of a procedure is part of its statement', () => {
  const sql = 'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END'
  assert.deepEqual(counts(sql), [1, 0])
  assert.deepEqual(counts('CREATE TABLE t (a int); DROP TABLE t'), [2, 0])
})

test('text that cannot be sent is refused', () => {
  assert.throws(() => shape('SELECT \0'), /U\+0000/)
  assert.throws(() => shape('SELECT \ud800'), /surrogate/)
})

const quoted = (quote: string) =>
  fc.string().map((text) => quote + text.replaceAll('\\', '\\\\').replaceAll(quote, quote + quote) + quote)
const quiet = fc.oneof(
  quoted("'"),
  quoted('"'),
  fc.string().map((text) => `\`${text.replaceAll('`', '``')}\``),
  fc.string().map((text) => `/* ${text.replaceAll('*/', '').replaceAll('*', '')} */`),
  fc.string().map((text) => `# ${text.replaceAll('\n', '')}\n`),
  fc.string().map((text) => `-- ${text.replaceAll('\n', '')}\n`),
  fc.constantFrom('SELECT', ',', '(', ')', '1.5e3', 'a.b', '@x', '-', '/', '*', ':=', "''"),
)

test('whatever stands around them, just the placeholders are counted', () => {
  const piece = fc.oneof({ weight: 3, arbitrary: quiet }, { weight: 1, arbitrary: fc.constant('?') })
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const sql = pieces.join(' ')
      fc.pre(sql.isWellFormed() && !sql.includes('\0') && !/\/\*\s*M?!/.test(sql))
      const placeholders = pieces.filter((one) => one === '?').length
      assert.equal(shape(sql).parameterCount, placeholders, sql)
      assert.ok(shape(sql).statementCount <= 1)
    }),
    { numRuns: 2000 },
  )
})
