import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ProgrammingError } from 'offloop'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { onTunedDatabases, openPool } from '../databases.ts'
import { refused, usable } from '../pool/expect.ts'

const HOSTILE = [
  '"',
  "'",
  '`',
  ';',
  '--',
  '/*',
  '\\',
  '[',
  ']',
  '%',
  '?',
  ':a',
  '$',
  ' ',
  '\n',
  'ä',
  '\u202e',
  '😀',
  '#',
]
const name = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '' && !text.includes('\0') && !/^sqlite_/i.test(text))
const known = [
  'a"b',
  'a`b',
  'a;drop table canary',
  'a--',
  'a\\',
  'x'.repeat(70),
  '😀',
  'rowid',
  'select',
  'order',
  "it's",
  '"',
]

onTunedDatabases((database, suite) => {
  const pool = openPool(suite, database, { max: 2 })

  /** Makes a table and a column of the name, fills, lists and drops them. */
  async function roundTrip(text: string): Promise<void> {
    const quoted = nodeSqlite.quoteIdentifier(text)
    await pool.runOperation(`CREATE TABLE ${quoted} (${quoted} TEXT)`)
    await pool.insertMany(text, [{ [text]: 'value' }, { [text]: null }])
    const rows = await pool.runQuery<[string]>(`SELECT ${quoted}.${quoted} FROM ${quoted}`, [], { rowMode: 'array' })
    assert.deepEqual(rows, [['value'], [null]])
    const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'canary'"
    assert.deepEqual(await pool.runQuery(tables), [{ name: text }])
    await pool.runOperation(`DROP TABLE ${quoted}`)
  }

  test('F121 NOD-018 a table and a column of any name are made, filled, listed and dropped', async () => {
    await pool.runOperation('CREATE TABLE canary (alive)')
    for (const text of known) await roundTrip(text)
    await fc.assert(fc.asyncProperty(name, roundTrip), { numRuns: 150, seed: 1 })
    assert.deepEqual(await pool.runQuery('SELECT count(*) AS n FROM canary'), [{ n: 0 }])
  })

  test('F121 names that SQLite would cut or change are refused', async () => {
    const expected = { code: 'WRONG_IDENTIFIER', kind: 'syntax' }
    for (const text of ['', 'a\0b', '\ud800']) {
      await refused(async () => nodeSqlite.quoteIdentifier(text), ProgrammingError, expected)
      await refused(() => pool.insertMany(text, [{ a: 1 }]), ProgrammingError, expected)
      await refused(() => pool.insertMany('canary', [{ [text]: 1 }]), ProgrammingError, expected)
    }
    await usable(pool)
  })
})
