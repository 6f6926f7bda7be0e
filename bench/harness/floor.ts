import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { openBetterSqlite3 } from '../peers/better-sqlite3-module.ts'
import { equalSettings, normalSettings, pragmas } from '../peers/settings.ts'
import { POINT_READ } from '../tables/users.ts'
import { commits, syncs } from './floor-writes.ts'
import { seededRandom } from './random.ts'
import { type Spread, spread } from './summary.ts'

/** What this machine needs at least, in microseconds each. */
export interface Floor {
  /** A message to a thread and its answer, one at a time. */
  readonly messageRoundTrip: Spread
  /** The same through shared memory, both sides asleep while they wait. */
  readonly atomicsRoundTrip: Spread
  /** A message to a thread, many at a time, no answers. */
  readonly messageOneWay: Spread
  readonly betterSqlite3Get: Spread
  readonly nodeSqliteGet: Spread
  /** One row inserted and committed, by better-sqlite3. */
  readonly commitNormal: Spread
  readonly commitFull: Spread
  /** A page written and waited for until the disk has it. */
  readonly sync: Spread
}

/** What the thread at the other end is asked for. */
export type FloorOrder =
  | { readonly kind: 'answer' }
  | { readonly kind: 'count' }
  | { readonly kind: 'echo'; readonly shared: Int32Array; readonly rounds: number }

const ROUND_TRIPS = 1000
const ONE_WAY = 5000
const GETS = 10_000
const COMMITS_NORMAL = 1000
const COMMITS_FULL = 50

/** Measures the floor, in this process, with a database of `createUsers`. */
export async function measureFloor(file: string, rows: number, repetitions: number): Promise<Floor> {
  const repeated = (operations: number, run: () => void | Promise<void>) => timed(operations, run, repetitions)
  const worker = new Worker(new URL('./floor-thread.ts', import.meta.url))
  const betterSqlite3 = openBetterSqlite3(file, equalSettings)
  const nodeSqlite = new DatabaseSync(file)
  for (const sql of pragmas(equalSettings)) nodeSqlite.exec(sql)
  const floor = {
    messageRoundTrip: await repeated(ROUND_TRIPS, () => messageRoundTrips(worker)),
    atomicsRoundTrip: await repeated(ROUND_TRIPS, () => atomicsRoundTrips(worker)),
    messageOneWay: await repeated(ONE_WAY, () => oneWayMessages(worker)),
    betterSqlite3Get: await repeated(GETS, getsOf(betterSqlite3.prepare(POINT_READ), rows)),
    nodeSqliteGet: await repeated(GETS, getsOf(nodeSqlite.prepare(POINT_READ), rows)),
    commitNormal: await repeated(COMMITS_NORMAL, commits(`${file}-writes`, normalSettings, COMMITS_NORMAL)),
    commitFull: await repeated(COMMITS_FULL, commits(`${file}-writes`, equalSettings, COMMITS_FULL)),
    sync: await repeated(COMMITS_FULL, syncs(`${file}-sync`, COMMITS_FULL)),
  }
  betterSqlite3.close()
  nodeSqlite.close()
  await worker.terminate()
  return floor
}

// The first repetition warms up and is not counted.
async function timed(operations: number, run: () => void | Promise<void>, repetitions: number): Promise<Spread> {
  const microseconds: number[] = []
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    await setImmediate()
    const start = performance.now()
    await run()
    microseconds.push(((performance.now() - start) * 1000) / operations)
  }
  return spread(microseconds.slice(1))
}

function messageRoundTrips(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const order: FloorOrder = { kind: 'answer' }
  let left = ROUND_TRIPS
  const onAnswer = () => {
    if (--left > 0) return worker.postMessage(order)
    worker.off('message', onAnswer)
    resolve()
  }
  worker.on('message', onAnswer)
  worker.postMessage(order)
  return promise
}

function atomicsRoundTrips(worker: Worker): void {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  worker.postMessage({ kind: 'echo', shared, rounds: ROUND_TRIPS } satisfies FloorOrder)
  for (let round = 1; round <= ROUND_TRIPS; round++) {
    Atomics.store(shared, 0, round)
    Atomics.notify(shared, 0)
    while (Atomics.load(shared, 1) < round) Atomics.wait(shared, 1, round - 1)
  }
}

function oneWayMessages(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  worker.once('message', () => resolve())
  for (let message = 1; message < ONE_WAY; message++) worker.postMessage({ kind: 'count' } satisfies FloorOrder)
  worker.postMessage({ kind: 'answer' } satisfies FloorOrder)
  return promise
}

function getsOf(statement: { get(id: number): unknown }, rows: number): () => void {
  const random = seededRandom(rows)
  return () => {
    for (let read = 0; read < GETS; read++) {
      if (!statement.get(1 + random(rows))) throw new Error('A row is missing')
    }
  }
}
