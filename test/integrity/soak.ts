import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type CallOptions, ConnectionPool, SqlError } from 'offloop'
import { type Random, seededRandom } from '../../bench/harness/random.ts'
import { exits } from './fixtures/exits.ts'

/** What work of every kind leaves behind. */
export interface SoakFigures {
  readonly calls: number
  /** Threads that were made to die. */
  readonly deaths: number
  /** Calls that failed as they were meant to, and those that ended in a way that nobody asked for. */
  readonly failed: number
  readonly strange: readonly string[]
  /** By how many bytes live memory grows with each thousand calls, as a line through the later samples has it. */
  readonly slope: number
  /** After each round: callers who wait, connections that are not idle, listeners at a signal that all calls share. */
  readonly waiting: number
  readonly busy: number
  readonly listeners: number
  /** Beyond what there was before the pool: threads, file descriptors, reasons to stay alive. */
  readonly threads: number
  readonly descriptors: number
  readonly active: number
  /** Warnings of Node.js: too many listeners, and the like. */
  readonly warnings: number
}

const CALLS = 1000
const CLIENTS = 16
const LANES = 3
/** Of the samples, those at the beginning are of what is compiled and kept once. */
const WARM = 1 / 2
/** Statements that fill every cache of statements. */
const STATEMENTS = 3000
/** A thread dies in every so many rounds. Each costs some KiB of Node.js itself, for good. */
const ROUNDS_PER_DEATH = 8

const COUNT =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i, i * 0.5 AS half, char(i) AS c FROM n'

/** What is expected of a failing call. */
const MEANT = ['mine', 'ABORTED', 'TIMEOUT', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_ERROR', 'RESULT_TOO_LARGE']
/** What a thread that dies means for those who were with it. */
const OF_DEATHS = ['THREAD_DIED', 'COMMIT_UNKNOWN', 'LOST_BEFORE_COMMIT', 'CONNECTION_LOST', 'NOT_BEGUN']

interface Setting {
  readonly pool: ConnectionPool
  readonly next: Random
  /** A signal that never fires and that all share. */
  readonly shared: AbortSignal
}

type Work = (setting: Setting, n: number) => Promise<unknown>

function aborted(work: (options: CallOptions) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController()
  const working = work({ signal: controller.signal })
  setImmediate(() => controller.abort())
  return working
}

function oneOfMany(pool: ConnectionPool, n: number): Promise<unknown> {
  return pool.runQuery(`SELECT ${n} AS "column ${n % 700}"`)
}

/** Kinds of work, each as often as it stands here. */
const works: readonly Work[] = [
  ...Array.from(
    { length: 8 },
    (): Work =>
      ({ pool }, n) =>
        pool.runQuery('SELECT * FROM t WHERE id = ?', [n % 100]),
  ),
  ...Array.from(
    { length: 4 },
    (): Work =>
      ({ pool }, n) =>
        pool.runOperation('UPDATE t SET n = n + 1 WHERE id = ?', [n % 100]),
  ),
  ({ pool, shared }) => pool.runQuery('SELECT count(*) FROM t', [], { signal: shared, timeout: 60_000 }),
  ({ pool, next }) => pool.runQuery(COUNT, [next(2000)]),
  ({ pool, next }) => pool.runQuery(COUNT, [next(2000)], { rowMode: 'columns' }),
  // A statement of its own each time, so that every cache of statements is full and turns over.
  ({ pool }, n) => oneOfMany(pool, n),
  ({ pool }) => pool.runOperation('INSERT INTO t (id) VALUES (1)'),
  ({ pool }, n) => pool.runQuery(`SELECT missing_${n % 10}`),
  ({ pool }) => pool.runQuery(COUNT, [5000], { maxRows: 1000 }),
  ({ pool }) => aborted((options) => pool.runQuery(COUNT, [10_000_000], options)),
  ({ pool }, n) => aborted((options) => pool.runOperation('UPDATE t SET n = n + 1 WHERE id = ?', [n % 100], options)),
  ({ pool }) => aborted((options) => pool.runInteraction(options, () => new Promise(() => undefined))),
  ({ pool }) => pool.runQuery(COUNT, [10_000_000], { timeout: 1 }),
  ({ pool, shared }, n) =>
    pool.runInteraction({ signal: shared }, async (txn) => {
      await txn.execute('UPDATE t SET n = n + 1 WHERE id = ?', [n % 100])
      await pool.runInteraction((inner) => inner.query('SELECT * FROM t WHERE id = ?', [n % 100]))
      txn.afterCommit(() => undefined)
    }),
  ({ pool }) =>
    pool.runInteraction(async (txn) => {
      await txn.execute('UPDATE t SET n = -1')
      throw Object.assign(new Error('mine'), { code: 'mine' })
    }),
  ({ pool }) =>
    pool.executeMany(
      'UPDATE t SET n = n + ? WHERE id = ?',
      Array.from({ length: 50 }, (_, id) => [1, id]),
    ),
  async ({ pool, next }) => {
    let left = next(50)
    for await (const _ of pool.stream(COUNT, [1000], { pageSize: 20 })) if (left-- === 0) break
  },
  ({ pool }) =>
    pool.runWithConnection(async (connection) => {
      const cursor = await connection.cursor().execute('SELECT * FROM t')
      await cursor.fetchMany(5)
    }),
  async ({ pool }) => {
    await using lease = await pool.acquire({ readOnly: true })
    await lease.query('SELECT 1')
  },
]

interface Left {
  readonly threads: number
  readonly descriptors: number
  readonly active: number
}

function left(): Left {
  const count = (folder: string) => (process.platform === 'linux' ? readdirSync(folder).length : 0)
  const { length: active } = process.getActiveResourcesInfo()
  return { threads: count('/proc/self/task'), descriptors: count('/proc/self/fd'), active }
}

function liveMemory(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Works for so many seconds, in rounds: after each all is quiet, and what is left is looked at. */
export async function soak(url: string, seconds: number, seed: number): Promise<SoakFigures> {
  let warnings = 0
  process.on('warning', () => warnings++)
  // The first pool may start threads of Node's own.
  await using first = new ConnectionPool(url, { max: LANES })
  await first.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0, words TEXT)')
  await first.insertMany(
    't',
    Array.from({ length: 100 }, (_, id) => ({ id, n: 0, words: `words ${id}` })),
  )
  await first.close()
  const before = left()
  const pool = new ConnectionPool(url, { max: LANES, min: LANES, leakWarning: Number.POSITIVE_INFINITY })
  const setting = { pool, next: seededRandom(seed), shared: new AbortController().signal }
  const ends = new Ends()
  const samples: number[] = []
  const after = { waiting: 0, busy: 0, listeners: 0 }
  const until = performance.now() + seconds * 1000
  for (let n = 0; n < STATEMENTS; n++) await oneOfMany(pool, n)
  let deaths = 0
  while (performance.now() < until || samples.length < 6) {
    const dies = samples.length % ROUNDS_PER_DEATH === 0
    if (dies) deaths++
    await round(setting, ends, dies)
    const { lanes, waiting } = pool.stats()
    after.waiting += waiting
    after.busy += lanes.filter(({ state }) => state !== 'idle' && state !== 'opening').length
    after.listeners += getEventListeners(setting.shared, 'abort').length
    samples.push(liveMemory())
  }
  await pool.close()
  await new Promise((resolve) => setImmediate(resolve))
  const { threads, descriptors, active } = left()
  return {
    calls: ends.calls,
    deaths,
    failed: ends.failed,
    strange: [...ends.strange],
    slope: slopeOf(samples.slice(Math.floor(samples.length * WARM))) / (CALLS / 1000),
    ...after,
    threads: threads - before.threads,
    descriptors: descriptors - before.descriptors,
    active: active - before.active,
    warnings,
  }
}

/** How calls ended. */
class Ends {
  calls = 0
  failed = 0
  readonly strange = new Set<string>()

  failedBy(error: unknown): void {
    this.failed++
    const { code } = error as { code?: string }
    if (code === undefined || !(MEANT.includes(code) || (error instanceof SqlError && OF_DEATHS.includes(code)))) {
      this.strange.add(String(error))
    }
  }
}

async function round(setting: Setting, ends: Ends, dies: boolean): Promise<void> {
  const { pool, next } = setting
  let begun = 0
  const client = async () => {
    while (begun++ < CALLS) {
      ends.calls++
      const work = works[next(works.length)] as Work
      await work(setting, next(1_000_000)).catch((error: unknown) => ends.failedBy(error))
    }
  }
  const death = dies ? pool.runInThread(exits, 9).catch((error: unknown) => ends.failedBy(error)) : null
  await Promise.all([death, ...Array.from({ length: CLIENTS }, client)])
  // Until each connection has answered, one that was given up may have yet to catch up.
  await pool.start()
  const caught = () => pool.stats().lanes.every(({ state }) => state === 'idle')
  for (let turns = 0; !caught() && turns < 10_000; turns++) await pool.runQuery('SELECT 1')
}

/** The slope of the line that lies closest to these samples, per sample. */
function slopeOf(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  let rise = 0
  let run = 0
  for (const [i, sample] of samples.entries()) {
    rise += (i - middle) * (sample - mean)
    run += (i - middle) ** 2
  }
  return rise / run
}

const program = join(import.meta.dirname, 'fixtures/soak.ts')
const FLAGS = ['--conditions=offloop-source', '--expose-gc', '--disable-warning=ExperimentalWarning']

/** The same in a process of its own, where nothing else takes memory or files. */
export async function soakApart(url: string, seconds: number, seed: number): Promise<SoakFigures> {
  const args = [...FLAGS, program, url, String(seconds), String(seed)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: (seconds + 120) * 1000 })
  return JSON.parse(stdout)
}
