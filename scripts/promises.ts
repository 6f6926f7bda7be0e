/**
 * Measures what offloop promises of the event loop and of memory, each promise in a process of its own.
 *
 *   node --conditions=offloop-source scripts/promises.ts          as short as in the tests
 *   node --conditions=offloop-source scripts/promises.ts --long   as the promises are worded
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { ConnectionPool } from 'offloop'

/** Delays of the event loop in milliseconds, as a timer with a period of 1 ms sees them, that period included. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** The same without the pauses of the garbage collector, which rows cost whoever makes and keeps them. */
  readonly ownP99: number
  readonly ownMax: number
  /** How long the measured work took, in seconds. */
  readonly seconds: number
}

/** Memory of a process that streams rows, in MiB. */
export interface StreamMemory {
  readonly rows: number
  readonly seconds: number
  /** Resident memory after the first 100,000 rows, and the most that there was beyond it later. */
  readonly rss: number
  readonly rssGrowth: number
  /** What is left on the heap after a collection: after the first 100,000 rows, and at the end beyond that. */
  readonly heap: number
  readonly heapGrowth: number
}

/** What is promised: no delay and no growth beyond these. */
export const bounds = { p99: 20, max: 100, rssGrowth: 64, heapGrowth: 8 } as const

/** The sizes of the measurements: seconds of one query, rows of one result, of one insert, of one stream. */
export const sizes = {
  short: { longQuery: 2, largeResult: 1_000_000, bulkInsert: 300_000, stream: 1_000_000 },
  long: { longQuery: 10, largeResult: 1_000_000, bulkInsert: 3_000_000, stream: 10_000_000 },
} as const

const NUMBERS = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT ?)'
const THREE_COLUMNS = `${NUMBERS} SELECT i AS id, i * 0.5 AS half, 'row number ' || i AS words FROM n`
const EVERY = 100_000
const MEBIBYTE = 1024 * 1024

/** Each takes its size and runs in a process of its own. */
const measurements = {
  longQuery,
  largeResult,
  bulkInsert,
  stream,
  /** What a blocking driver does to the loop, so that the measure is seen to measure. */
  blockedLoop,
  plainRows,
  /** Leaves a pool open with nothing to do. */
  idlePool,
}

export type Measurement = keyof typeof measurements
export type Figures<M extends Measurement> = Awaited<ReturnType<(typeof measurements)[M]>>

/**
 * Flags of a heap that cannot grow, for memory that can be compared. By itself V8 doubles its young generation now and
 * then in any process that allocates for long, to some 200 MiB, and collects old garbage late; and the larger the young
 * generation, the longer its collections pause.
 */
export const smallHeap = ['--max-semi-space-size=8', '--max-old-space-size=32'] as const

/** Holds only the young generation small: for what keeps much. */
const smallYoungGeneration = smallHeap[0]

/**
 * Measures in a new process, started with these flags; rejects when it fails, or does not exit by itself within two
 * minutes.
 */
export async function measure<M extends Measurement>(name: M, size: number, ...flags: string[]): Promise<Figures<M>> {
  const always = ['--conditions=offloop-source', '--expose-gc', '--disable-warning=ExperimentalWarning']
  const args = [...always, ...flags, import.meta.filename, '--measure', name, String(size)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 })
  return JSON.parse(stdout)
}

async function longQuery(seconds: number): Promise<LoopDelay> {
  await using pool = new ConnectionPool('sqlite::memory:')
  const sql = `${NUMBERS} SELECT count(*) AS count FROM n`
  const trial = 1_000_000
  await pool.runQuery(sql, trial)
  const started = performance.now()
  await pool.runQuery(sql, trial)
  const perSecond = (trial / (performance.now() - started)) * 1000
  return await loopDelayDuring(() => pool.runQuery(sql, Math.ceil(seconds * perSecond)))
}

async function largeResult(rows: number): Promise<LoopDelay> {
  await using pool = new ConnectionPool('sqlite::memory:')
  await pool.runQuery(THREE_COLUMNS, 1000)
  let last: unknown
  const delay = await loopDelayDuring(async () => {
    const all = await pool.runQuery(THREE_COLUMNS, rows)
    last = all.length === rows && all.at(-1)?.id
  })
  if (last !== rows) throw new Error(`the last row is ${String(last)}, and not ${rows}`)
  return delay
}

/** Inserts an array, which never makes anybody wait, into a file. */
async function bulkInsert(count: number): Promise<LoopDelay> {
  const folder = mkdtempSync(join(tmpdir(), 'offloop-promises-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  await using pool = new ConnectionPool(`sqlite:${join(folder, 'bulk.db')}`)
  await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, half REAL, words TEXT)')
  const rows = Array.from({ length: count }, (_, i) => ({ id: i, half: i * 0.5, words: `row number ${i}` }))
  let rowCount = 0
  const delay = await loopDelayDuring(async () => {
    rowCount = (await pool.insertMany('t', rows)).rowCount
  })
  if (rowCount !== count) throw new Error(`${rowCount} rows were inserted, and not ${count}`)
  return delay
}

async function blockedLoop(seconds: number): Promise<LoopDelay> {
  const database = new DatabaseSync(':memory:')
  const query = database.prepare(`${NUMBERS} SELECT count(*) FROM n`)
  return loopDelayDuring(async () => {
    for (const started = performance.now(); performance.now() - started < seconds * 1000; ) query.get(2_000_000)
  })
}

/** The same rows as {@link largeResult}, made in this thread without a database, a millisecond at a time. */
async function plainRows(count: number): Promise<LoopDelay> {
  const rows: object[] = []
  return await loopDelayDuring(async () => {
    while (rows.length < count) {
      for (const started = performance.now(); performance.now() - started < 1 && rows.length < count; ) {
        for (let i = 0; i < 100; i++)
          rows.push({ id: rows.length, half: rows.length * 0.5, words: `row ${rows.length}` })
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
}

async function loopDelayDuring(work: () => Promise<unknown>): Promise<LoopDelay> {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  const ticks = new Ticks()
  const pauses: PerformanceEntry[] = []
  const collector = new PerformanceObserver((list) => pauses.push(...list.getEntries()))
  collector.observe({ entryTypes: ['gc'] })
  histogram.enable()
  ticks.start()
  // A delay is only seen between two ticks: the first must have been before the work, the last comes after it.
  await new Promise((resolve) => setTimeout(resolve, 10))
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1000
  await new Promise((resolve) => setTimeout(resolve, 5))
  ticks.stop()
  histogram.disable()
  collector.disconnect()
  const [p50, p99] = [50, 99].map((part) => histogram.percentile(part) / 1e6) as [number, number]
  return { p50, p99, max: histogram.max / 1e6, ...ticks.without(pauses), seconds }
}

/** When a timer of 1 ms fired: what the histogram counts, as single times. */
class Ticks {
  readonly #times: number[] = []
  #timer: NodeJS.Timeout | null = null

  start(): void {
    this.#times.push(performance.now())
    this.#timer = setTimeout(() => this.start(), 1)
  }

  stop(): void {
    this.#times.push(performance.now())
    if (this.#timer) clearTimeout(this.#timer)
  }

  /** The delays between ticks, less what these pauses took of each. */
  without(pauses: readonly PerformanceEntry[]): Pick<LoopDelay, 'ownP99' | 'ownMax'> {
    const own = this.#times.slice(1).map((end, i) => {
      const start = this.#times[i] as number
      return pauses.reduce((left, pause) => left - overlap(pause, start, end), end - start)
    })
    own.sort((a, b) => a - b)
    return { ownP99: own[Math.floor(own.length * 0.99)] ?? 0, ownMax: own.at(-1) ?? 0 }
  }
}

function overlap({ startTime, duration }: PerformanceEntry, start: number, end: number): number {
  return Math.max(0, Math.min(end, startTime + duration) - Math.max(start, startTime))
}

async function stream(rows: number): Promise<StreamMemory> {
  await using pool = new ConnectionPool('sqlite::memory:')
  const resident: number[] = []
  let heap = 0
  let count = 0
  const started = performance.now()
  for await (const row of pool.stream(THREE_COLUMNS, rows)) {
    if (row.id !== ++count) throw new Error(`row ${count} is ${String(row.id)}`)
    if (count % EVERY === 0) resident.push(process.memoryUsage.rss() / MEBIBYTE)
    if (count === EVERY) heap = keptOnHeap()
  }
  const seconds = (performance.now() - started) / 1000
  if (count !== rows) throw new Error(`${count} rows came, and not ${rows}`)
  const [rss = 0] = resident
  return { rows, seconds, rss, rssGrowth: Math.max(...resident) - rss, heap, heapGrowth: keptOnHeap() - heap }
}

// Collections cost resident memory for a while, so there is none between the first sample and the last.
function keptOnHeap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / MEBIBYTE
}

async function idlePool(connections: number): Promise<{ readonly lanes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'offloop-promises-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const pool = new ConnectionPool(`sqlite:${join(folder, 'idle.db')}`, { min: connections, max: connections })
  await pool.start()
  await pool.runQuery('SELECT 1')
  return { lanes: pool.stats().lanes.length }
}

function rounded(figures: object): object {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]))
}

async function report(long: boolean): Promise<void> {
  const {
    longQuery: seconds,
    largeResult: rows,
    bulkInsert: inserted,
    stream: streamed,
  } = long ? sizes.long : sizes.short
  console.log('Loop delay in milliseconds, memory in MiB. Promised: at most', bounds)
  console.log(`A query of ${seconds} s:`, rounded(await measure('longQuery', seconds)))
  console.log(`A result of ${rows} rows:`, rounded(await measure('largeResult', rows)))
  console.log(`An insert of ${inserted} rows:`, rounded(await measure('bulkInsert', inserted)))
  console.log(`A stream of ${streamed} rows, ${smallHeap.join(' ')}:`)
  console.log(rounded(await measure('stream', streamed, ...smallHeap)))
  console.log('For comparison:')
  console.log('The stream with a heap that may grow:', rounded(await measure('stream', streamed)))
  console.log(`The result, ${smallYoungGeneration}:`, rounded(await measure('largeResult', rows, smallYoungGeneration)))
  console.log(`The same ${rows} rows made by plain JavaScript:`, rounded(await measure('plainRows', rows)))
  console.log('A blocking driver for 1 s:', rounded(await measure('blockedLoop', 1)))
}

if (process.argv[1] === import.meta.filename) {
  const [option, name, size] = process.argv.slice(2)
  if (option === '--measure') console.log(JSON.stringify(await measurements[name as Measurement](Number(size))))
  else await report(option === '--long')
}
