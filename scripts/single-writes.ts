/**
 * Where the time of a single insert goes, one at a time with synchronous=FULL: blocking, in a bare thread by message, and
 * through a pool, each with and without parts of what the pool does. Medians of short rounds in which all take turns, since
 * a disk's time drifts by half from one second to the next.
 *
 *   node --conditions=offloop-source scripts/single-writes.ts [rounds] [milliseconds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { ConnectionPool, type PoolOptions } from 'offloop'

const [rounds = 100, milliseconds = 15] = process.argv.slice(2).map(Number)
const WARM_UP = 300
const INSERT = 'INSERT INTO t (name, amount) VALUES (?, ?)'
const SETTINGS = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (name, amount)'
const folder = mkdtempSync(join(tmpdir(), 'offloop-single-writes-'))

interface Subject {
  insert(): unknown
  close(): unknown
}

let files = 0
const newFile = () => join(folder, `${files++}.db`)

function blocking(wrapped: boolean): Subject {
  const database = new DatabaseSync(newFile())
  database.exec(SETTINGS)
  const [begin, insert, commit] = ['BEGIN IMMEDIATE', INSERT, 'COMMIT'].map((sql) => database.prepare(sql))
  return {
    insert() {
      if (wrapped) begin?.run()
      insert?.run('joe', 1)
      if (wrapped) commit?.run()
    },
    close: () => database.close(),
  }
}

const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(workerData.file)
database.exec(workerData.settings)
const insert = database.prepare(workerData.sql)
parentPort.on('message', (values) => parentPort.postMessage(insert.run(...values)))
`

function bareThread(): Subject {
  const workerData = { file: newFile(), settings: SETTINGS, sql: INSERT }
  const worker = new Worker(THREAD, { eval: true, workerData })
  let settle: ((answer: unknown) => void) | null = null
  worker.on('message', (answer) => settle?.(answer))
  return {
    insert: () =>
      new Promise((resolve) => {
        settle = resolve
        worker.postMessage(['joe', 1])
      }),
    close: () => worker.terminate(),
  }
}

async function pooled(options: PoolOptions): Promise<Subject> {
  const pool = new ConnectionPool('node-sqlite', { filename: newFile() }, options)
  await pool.runOperation('CREATE TABLE t (name, amount)')
  return { insert: () => pool.runOperation(INSERT, ['joe', 1]), close: () => pool.close() }
}

async function microseconds({ insert }: Subject, time: number): Promise<number> {
  const start = performance.now()
  let count = 0
  for (; performance.now() - start < time; count++) await insert()
  return ((performance.now() - start) * 1000) / count
}

const subjects: Record<string, Subject> = {
  'blocking, autocommit': blocking(false),
  'blocking, BEGIN and COMMIT': blocking(true),
  'bare thread by message, autocommit': bareThread(),
  pool: await pooled({}),
  'pool without group commit: autocommit': await pooled({ groupCommit: false }),
  'pool without adaptive waking': await pooled({ adaptiveWaking: false }),
  'pool without both': await pooled({ groupCommit: false, adaptiveWaking: false }),
}
const results = Object.entries(subjects).map(([name, subject]) => ({ name, subject, times: [] as number[] }))
for (const { subject } of results) await microseconds(subject, WARM_UP)
for (let round = 0; round < rounds; round++) {
  for (const { subject, times } of results) times.push(await microseconds(subject, milliseconds))
}
for (const { name, subject, times } of results) {
  const [least = 0] = times.sort((a, b) => a - b)
  const median = times[times.length >> 1] ?? 0
  process.stdout.write(`${name.padEnd(40)} ${median.toFixed(0).padStart(5)} us (${least.toFixed(0)} at least)\n`)
  await subject.close()
}
rmSync(folder, { recursive: true })
