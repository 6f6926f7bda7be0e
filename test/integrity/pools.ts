import { readdirSync } from 'node:fs'
import { ConnectionLostError, ConnectionPool, PoolClosedError, type PoolOptions, TimeoutError } from 'offloop'
import gates from '../pool/fixtures/gate-driver.ts'
import { Gate } from '../pool/fixtures/gate-memory.ts'

/* What becomes of many callers when the connections give no answer, die or are closed. */

const CALLERS = 9999

/** A pool whose connections all stand at a gate. */
async function stuckPool(
  max: number,
  options: PoolOptions = {},
): Promise<{ pool: ConnectionPool; gate: Gate; held: Promise<unknown> }> {
  const pool = new ConnectionPool(gates, {}, { max, min: max, ...options })
  await pool.start()
  const gate = new Gate()
  const held = Promise.all(
    Array.from({ length: max }, () => pool.runInteraction((txn) => txn.query(`WAIT ${gate.number}`))),
  )
  await gate.reached(max)
  return { pool, gate, held }
}

/** Every kind of call that needs a connection. */
const kinds: readonly ((pool: ConnectionPool, limit: { timeout?: number }) => Promise<unknown>)[] = [
  (pool, limit) => pool.runQuery('ECHO ?', 1, limit),
  (pool, limit) => pool.runOperation('ECHO ?', 1, limit),
  (pool, limit) => pool.runInteraction(limit, () => 1),
  (pool, limit) => pool.runWithConnection(limit, () => 1),
  (pool, limit) => pool.executeMany('ECHO ?', [[1]], limit),
  (pool, limit) => pool.stream('ECHO 1', [], limit).next(),
  (pool, limit) => pool.acquire(limit),
]

/**
 * Callers of all kinds on a pool that gives no answer, half of them with a `timeout` of their own, the others with the
 * pool's `acquireTimeout`: how many ended otherwise, and how late the latest of each was.
 */
export async function endsInTime(timeout: number): Promise<{
  callers: number
  otherwise: number
  latest: { timeout: number; acquireTimeout: number }
}> {
  const { pool, gate, held } = await stuckPool(4, { acquireTimeout: timeout, interactionTimeout: 10 * timeout })
  let otherwise = 0
  const latest = { timeout: 0, acquireTimeout: 0 }
  const call = async (n: number) => {
    const own = n % 2 === 0
    const started = performance.now()
    const work = kinds[n % kinds.length]?.(pool, own ? { timeout } : {})
    const end = await Promise.resolve(work).catch((error: unknown) => error)
    const late = performance.now() - started - timeout
    // Where both are due, either is right.
    if (!(end instanceof TimeoutError && /^(ACQUIRE_)?TIMEOUT$/.test(end.code ?? ''))) otherwise++
    latest[own ? 'timeout' : 'acquireTimeout'] = Math.max(latest[own ? 'timeout' : 'acquireTimeout'], late)
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, n) => call(n)))
  gate.open()
  await held
  await pool.close()
  return { callers: CALLERS, otherwise, latest }
}

/** The milliseconds that what was given up may take to roll back before a close leaves it behind. */
const LEFT_BEHIND = 500

/**
 * Pools that are closed amid statements, interactions and leases without end: how many of the calls did not reject as they
 * should, and how much later than `closeTimeout` allows the close was done.
 */
export async function closesInTime(
  closeTimeout: number,
): Promise<{ calls: number; otherwise: number; latest: number }> {
  const figures = { calls: 0, otherwise: 0, latest: 0 }
  for (const max of [1, 2, 4]) {
    const { pool, gate, held } = await stuckPool(max, { closeTimeout })
    const standing = new ConnectionPool(gates, {}, { max: 2, closeTimeout })
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const calls = [
      held,
      ...kinds.map((call) => call(pool, {})),
      standing.runInteraction(async (txn) => {
        await txn.execute('CHANGE ?', 1)
        begin()
        await new Promise(() => {})
      }),
    ]
    const ends = Promise.allSettled(calls)
    await begun
    await standing.acquire()
    const started = performance.now()
    await Promise.all([pool.close(), standing.close()])
    figures.latest = Math.max(figures.latest, performance.now() - started - closeTimeout - LEFT_BEHIND)
    for (const end of await ends) {
      figures.calls++
      if (end.status !== 'rejected' || !(end.reason instanceof PoolClosedError)) figures.otherwise++
    }
    gate.open()
  }
  return figures
}

/** Callers who wait: how much of the heap each takes, and how many were served out of their turn. */
export async function waitsInLine(): Promise<{ callers: number; bytesEach: number; outOfTurn: number }> {
  const { pool, gate, held } = await stuckPool(1)
  const served: number[] = []
  const heap = () => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  const calls = Array.from({ length: CALLERS }, (_, n) =>
    pool.runQuery<{ echo: number }>('ECHO ?', n).then(([row]) => served.push(row?.echo ?? -1)),
  )
  const bytesEach = (heap() - before) / CALLERS
  gate.open()
  await Promise.all([held, ...calls])
  await pool.close()
  return { callers: CALLERS, bytesEach, outOfTurn: served.filter((n, at) => n !== at).length }
}

/** Threads that end with a call in flight: what their callers learn, and whether the pools are whole afterwards. */
export async function dies(
  pools: number,
): Promise<{ deaths: number; told: number; notRestored: number; slowest: number }> {
  const figures = { deaths: 0, told: 0, notRestored: 0, slowest: 0 }
  for (let i = 0; i < pools; i++) {
    const pool = new ConnectionPool(gates, {}, { max: 4, min: 4 })
    const ends = await Promise.allSettled([1, 2, 3, 4].map(() => pool.runQuery('EXIT')))
    const died = performance.now()
    figures.deaths += ends.length
    for (const end of ends) if (end.status === 'rejected' && end.reason instanceof ConnectionLostError) figures.told++
    const again = await Promise.allSettled([1, 2, 3, 4].map((n) => pool.runQuery<{ echo: number }>('ECHO ?', n)))
    if (again.some((end, at) => end.status === 'rejected' || end.value[0]?.echo !== at + 1)) figures.notRestored++
    figures.slowest = Math.max(figures.slowest, performance.now() - died)
    await pool.close()
  }
  return figures
}

interface Resources {
  readonly threads: number
  readonly descriptors: number
  readonly active: number
}

function resources(): Resources {
  const count = (folder: string) => (process.platform === 'linux' ? readdirSync(folder).length : 0)
  const threads = count('/proc/self/task')
  return { threads, descriptors: count('/proc/self/fd'), active: process.getActiveResourcesInfo().length }
}

/** What pools that were used and closed leave behind of threads, file descriptors and reasons to stay alive. */
export async function leavesBehind(
  url: (index: number) => string,
  pools: number,
): Promise<Resources & { closing: number }> {
  let closing = 0
  const use = async (index: number) => {
    const pool = new ConnectionPool(url(index), { max: 3, min: 3 })
    await pool.start()
    await Promise.all([1, 2, 3].map((n) => pool.runQuery('SELECT ?', [n])))
    await pool.runInteraction((txn) => txn.query('SELECT 1'))
    const started = performance.now()
    await pool.close()
    closing = Math.max(closing, performance.now() - started)
  }
  // The first one may start threads of Node's own.
  await use(0)
  await new Promise((resolve) => setImmediate(resolve))
  const before = resources()
  for (let index = 1; index <= pools; index++) await use(index)
  // A look for news that was due when the pool was closed is over with the turn.
  await new Promise((resolve) => setImmediate(resolve))
  const after = resources()
  return {
    threads: after.threads - before.threads,
    descriptors: after.descriptors - before.descriptors,
    active: after.active - before.active,
    closing,
  }
}

/** Calls through a pool of one connection inside an interaction of it, deep and wide; all must be answered. */
export async function nests(url: string, calls: number): Promise<{ calls: number; answered: number }> {
  await using pool = new ConnectionPool(url, { max: 1 })
  let answered = 0
  await pool.runInteraction(async () => {
    const one = async (n: number) => {
      const [row] = await pool.runQuery<{ n: number }>('SELECT ? AS n', [n], { timeout: 60_000 })
      if (row?.n === n) answered++
    }
    await Promise.all(Array.from({ length: calls - 100 }, (_, n) => one(n)))
    const deeper = async (depth: number): Promise<void> => {
      if (depth > 0) await pool.runInteraction(() => deeper(depth - 1))
      await one(depth)
    }
    await deeper(99)
  })
  return { calls, answered }
}
