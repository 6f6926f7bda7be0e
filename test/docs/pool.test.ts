import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import nodeSqlite from 'offloop/node-sqlite'
import { checkPoolOptions } from '../../src/pool/pool-options.ts'
import { closedAtEnd } from '../databases.ts'
import { rejectionOf } from '../pool/expect.ts'
import { read } from '../repository/source.ts'
import { tablesUnder } from './tables.ts'

const DOCUMENT = 'docs/pool.md'
const ofPool = tablesUnder(read(DOCUMENT), 'Of the pool').flat()
const ofCall = tablesUnder(read(DOCUMENT), 'Of a call').flat()
/** Options whose default is no constant. */
const COMPUTED = ['name', 'max', 'goodSql']

/** The options that a refusal names as known. */
async function knownOptions(refused: () => unknown): Promise<string[]> {
  const error = (await rejectionOf(refused)) as Error
  const [, names] = /; it knows (.+)$/.exec(error.message) ?? []
  assert.ok(names, error.message)
  return names.split(', ')
}

const unknown = { noSuchOption: 1 } as object

test('ADB-003 docs/pool.md has a row for each option of the pool, and no other', async () => {
  const known = await knownOptions(() => new ConnectionPool('sqlite::memory:', unknown))
  const listed = ofPool.map(({ option }) => String(option))
  assert.deepEqual(listed.sort(), known.sort(), `mend the table under "Of the pool" in ${DOCUMENT}`)
})

test('docs/pool.md tells the defaults as they are', () => {
  const checked = checkPoolOptions(
    {},
    {
      driver: nodeSqlite,
      plan: { layout: 'writer-readers', label: 'sqlite:app.db' },
    },
  )
  // Options that belong together are checked together: one object of them stands among the others.
  const groups = Object.values(checked).filter((value) => typeof value === 'object')
  const values: Record<string, unknown> = Object.assign({}, ...groups, checked)
  for (const { option, default: told } of ofPool) {
    const value = values[String(option)]
    if (COMPUTED.includes(String(option)) || value === undefined || typeof value === 'object') continue
    const written = typeof value === 'string' ? `'${value}'` : String(value)
    const [first = ''] = String(told)
      .replaceAll(/(?<=\d)[_,](?=\d)/g, '')
      .split(' ')
    assert.equal(first, written, `the default of ${option} in ${DOCUMENT}`)
  }
  assert.deepEqual([values.min, values.groupCommit], [1, true])
})

test('docs/pool.md has a row for each option of a call, and names the calls that take it', async (t) => {
  const pool = closedAtEnd({ after: (work) => t.after(work) }, new ConnectionPool('sqlite::memory:'))
  const calls: Record<string, () => unknown> = {
    runQuery: () => pool.runQuery('SELECT 1', [], unknown),
    runOperation: () => pool.runOperation('SELECT 1', [], unknown),
    runInteraction: () => pool.runInteraction(unknown, () => 1),
    runWithConnection: () => pool.runWithConnection(unknown, () => 1),
    runInThread: () => pool.runInThread(unknown, (() => 1) as never),
    acquire: () => pool.acquire(unknown),
    executeMany: () => pool.executeMany('SELECT ?', [], unknown),
    insertMany: () => pool.insertMany('t', [], unknown),
    stream: () => pool.stream('SELECT 1', [], unknown).next(),
  }
  const takenBy = new Map<string, string[]>()
  for (const [name, call] of Object.entries(calls)) {
    for (const option of await knownOptions(call)) takenBy.set(option, [...(takenBy.get(option) ?? []), name])
  }
  const all = Object.keys(calls)
  const listed = ofCall.map(({ option, calls: told = '' }) => [option, told === 'all' ? all : told.split(', ')])
  const sorted = (rows: readonly unknown[][]) =>
    rows.map(([option, names]) => `${option}: ${[...(names as string[])].sort()}`).sort()
  assert.deepEqual(sorted(listed), sorted([...takenBy]), `mend the table under "Of a call" in ${DOCUMENT}`)
})
