/**
 * Lets threads of a pool die in every way, and counts what that costs:
 *
 *   node --conditions=offloop-source scripts/deaths.ts [deaths of each kind, 100 unless told]
 *
 * With `--json` it prints the counts for a test to read.
 */
import { syncBuiltinESMExports } from 'node:module'
import threads, { Worker, type WorkerOptions } from 'node:worker_threads'
import { ConnectionLostError, ConnectionPool } from 'offloop'
import deaths from '../test/pool/fixtures/death-driver.ts'

/** What the deaths of one kind did to the calls in flight on the connection, and how long the pool took to recover. */
export interface Toll {
  readonly how: string
  readonly deaths: number
  /** Calls whose thread died, and how many of them were told so. */
  readonly fatal: number
  readonly told: number
  /** Calls that were not answered within ten seconds. */
  readonly hung: number
  /** The longest time from the news of a death until as many connections were open again, in milliseconds. */
  readonly restored: number
  /** Calls that another error was given for. */
  readonly others: number
}

/** Ends the thread, so that the calls with it are lost; or is an error, or nothing at all, to the one call. */
const KINDS = {
  exit0: 'dies',
  exit3: 'dies',
  throw: 'dies',
  memory: 'dies',
  terminate: 'dies',
  stack: 'fails',
  rejection: 'lives',
  timer: 'lives',
  port: 'lives',
} as const

type Kind = keyof typeof KINDS

const LANES = 2
const BEHIND = 4
const HUNG = 10_000

// Threads get a small heap, or running out of memory would take gigabytes.
class SmallWorker extends Worker {
  constructor(module: URL, options: WorkerOptions) {
    super(module, { ...options, resourceLimits: { maxOldGenerationSizeMb: 32 } })
  }
}
threads.Worker = SmallWorker
syncBuiltinESMExports()

const workers = new Set<Worker>()
process.on('worker', (worker) => {
  workers.add(worker)
  worker.once('exit', () => workers.delete(worker))
})

type Outcome = 'told' | 'answered' | 'other' | 'hung'

/** What became of a call. */
async function outcome(call: Promise<unknown>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve('hung'), HUNG)
  })
  const settled = call.then<Outcome, Outcome>(
    () => 'answered',
    (error) => (error instanceof ConnectionLostError && error.code === 'THREAD_DIED' ? 'told' : 'other'),
  )
  const first = await Promise.race([settled, hung])
  clearTimeout(timer)
  return first
}

async function terminated(call: Promise<unknown>): Promise<unknown> {
  for (const worker of workers) void worker.terminate()
  return await call
}

async function tollOf(how: Kind, count: number): Promise<Toll> {
  const pool = new ConnectionPool(deaths, { layout: 'equal' }, { min: LANES, max: LANES })
  await pool.start()
  const outcomes: Outcome[] = []
  const fatal: Outcome[] = []
  let restored = 0
  for (let i = 0; i < count; i++) {
    const call = pool.runQuery(`DIE ${how === 'terminate' ? 'sleep' : how}`)
    const behind = Array.from({ length: BEHIND }, (_, n) => outcome(pool.runQuery('ECHO ?', n)))
    fatal.push(await outcome(how === 'terminate' ? terminated(call) : call))
    const started = performance.now()
    outcomes.push(...(await Promise.all(behind)))
    while (pool.stats().lanes.filter(({ state }) => state === 'idle').length < LANES) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (performance.now() - started > HUNG) break
    }
    restored = Math.max(restored, performance.now() - started)
  }
  await pool.close()
  const all = [...fatal, ...outcomes]
  const counted = (wanted: Outcome, among: readonly Outcome[]) => among.filter((each) => each === wanted).length
  return {
    how,
    deaths: count,
    fatal: KINDS[how] === 'dies' ? fatal.length : 0,
    told: counted('told', fatal),
    hung: counted('hung', all),
    restored: Math.round(restored),
    others: counted('other', all),
  }
}

const [count = '100', option] = process.argv.slice(2)
const tolls: Toll[] = []
for (const kind of Object.keys(KINDS) as Kind[]) tolls.push(await tollOf(kind, Number(count)))
if (option === '--json') console.log(JSON.stringify(tolls))
else console.table(tolls)
