import assert from 'node:assert/strict'
import test from 'node:test'
import { shape } from '../../src/drivers/sqlite/scan.ts'

test('ADB-064 a text that begins or ends a transaction is known by its first word, as SQLite knows it', () => {
  const controlling = [
    'begin',
    'BEGIN IMMEDIATE',
    '/* x */ Commit',
    'end transaction;',
    'ROLLBACK',
    '-- x\n rollback transaction',
  ]
  for (const sql of controlling) assert.equal(shape(sql).controlsTransaction, true, sql)
  const others = [
    'SAVEPOINT a',
    'RELEASE a',
    'ROLLBACK TO a',
    'rollback transaction to savepoint a',
    "SELECT 'BEGIN'",
    'EXPLAIN COMMIT',
  ]
  for (const sql of others) assert.equal(shape(sql).controlsTransaction, undefined, sql)
})
