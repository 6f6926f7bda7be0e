/**
 * Measures what a process for each connection costs against a thread: calls, the start, and the end of a statement that
 * nothing else stops.
 *
 *   node --conditions=offloop-source scripts/isolation.ts
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConnectionPool } from 'offloop'
import nodeSqlite from '../src/drivers/node-sqlite/index.ts'

type Isolation = 'thread' | 'process'

const ROUNDS = 5
const ROUND = 300
const ROWS = 10_000
const LARGE = 100_000
const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?)'
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'

const folder = mkdtempSync(join(tmpdir(), 'offloop-isolation-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
let files = 0

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number
}

async function repeated(measure: () => Promise<number>): Promise<string> {
  const figures: number[] = []
  for (let i = 0; i < ROUNDS; i++) figures.push(await measure())
  return median(figures).toPrecision(3)
}

function openPool(isolation: Isolation): ConnectionPool {
  return new ConnectionPool('node-sqlite', { filename: join(folder, `${files++}.db`) }, { isolation, max: 2, min: 2 })
}

/** Microseconds per call of callers who each start the next one when the last is answered. */
async function callsOf(callers: number, call: (i: number) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  let calls = 0
  const caller = async () => {
    while (performance.now() - started < ROUND) await call(calls++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return ((performance.now() - started) * 1000) / calls
}

async function costs(isolation: Isolation): Promise<Record<string, string>> {
  await using pool = openPool(isolation)
  await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)')
  await pool.insertMany(
    't',
    Array.from({ length: ROWS }, (_, id) => ({ id, name: `name ${id}` })),
  )
  const read = (i: number) => pool.runQuery('SELECT name FROM t WHERE id = ?', i % ROWS)
  const write = (i: number) => pool.runOperation('UPDATE t SET name = ? WHERE id = ?', [`name ${i}`, i % ROWS])
  const large = () => pool.runQuery(`${NUMBERS} SELECT i, i * 0.5 AS half, 'row number ' || i AS words FROM n`, LARGE)
  for (const warm of [read, write]) await callsOf(64, warm)
  await large()
  return {
    'a read, one at a time, us': await repeated(() => callsOf(1, read)),
    'a read, 64 in flight, us': await repeated(() => callsOf(64, read)),
    'a write, one at a time, us': await repeated(() => callsOf(1, write)),
    'a write, 64 in flight, us': await repeated(() => callsOf(64, write)),
    '100,000 rows, ms': await repeated(async () => (await callsOf(1, large)) / 1000),
  }
}

/** Milliseconds from nothing to the first answer, with one connection. */
async function start(isolation: Isolation): Promise<number> {
  const started = performance.now()
  await using pool = new ConnectionPool('sqlite::memory:', { isolation })
  await pool.runQuery('SELECT 1')
  return performance.now() - started
}

/** Milliseconds from kill() to the news of the end, while a statement runs. */
async function kill(): Promise<number> {
  const { options } = nodeSqlite.plan({ filename: join(folder, `${files++}.db`) })
  const connection = await nodeSqlite.connect(options, { role: 'writer', name: 'kill', isolation: 'process' })
  void connection.query({ sql: ENDLESS, values: [], names: null, rowMode: 'array', inTransaction: false })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const started = performance.now()
  connection.kill?.()
  await connection.closed
  return performance.now() - started
}

/** Milliseconds from the end of a caller's patience to his error, and to the next answer of the only connection. */
async function giveUp(until: 'error' | 'answer'): Promise<number> {
  await using pool = new ConnectionPool('sqlite::memory:', { isolation: 'process' })
  await pool.runQuery('SELECT 1')
  const controller = new AbortController()
  const stuck = pool.runQuery(ENDLESS, [], { signal: controller.signal }).catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const started = performance.now()
  controller.abort()
  await stuck
  if (until === 'answer') await pool.runQuery('SELECT 1')
  return performance.now() - started
}

const [inThreads, inProcesses] = [await costs('thread'), await costs('process')]
for (const [name, figure] of Object.entries(inThreads)) console.log(`| ${name} | ${figure} | ${inProcesses[name]} |`)
console.log(`| start, ms | ${await repeated(() => start('thread'))} | ${await repeated(() => start('process'))} |`)
console.log(`| kill() to the end, ms | | ${await repeated(kill)} |`)
console.log(`| giving up to the error, ms | | ${await repeated(() => giveUp('error'))} |`)
console.log(`| giving up to the next answer, ms | | ${await repeated(() => giveUp('answer'))} |`)
