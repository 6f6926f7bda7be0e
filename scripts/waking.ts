/**
 * Measures what `adaptiveWaking` gains and what it burns, off and on taking turns in one run, each time with a pool of
 * its own that was warmed up. Prints two tables, the medians of the rounds, as docs/decisions/007-waking.md has them:
 *
 * - point reads in a table of 10,000 rows, by how many are in flight: time, loop cost and processor time of each;
 * - an open pool with little to do, by how often it is asked for one row: processor time of all threads in a second,
 *   and the time of a read. A thread beats the time; what that costs by itself stands beside it.
 *
 *   node --conditions=offloop-source scripts/waking.ts [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { ConnectionPool } from 'offloop'

const ROWS = 10_000
const IN_FLIGHT = [1, 4, 16, 64, 256]
const READ = 'SELECT * FROM t WHERE id = ?'
const WARM_UP = 150
const TIMED = 300
/** Milliseconds between two reads of a pool with little to do; null for none at all. */
const INTERVALS = [null, 5, 0.5]
const SETTLE = 100
const WATCHED = 600

type Read = () => Promise<unknown>

/** Microseconds of one read: of wall time, of the loop, and of the processor in all threads. */
interface Load {
  readonly wall: number
  readonly loop: number
  readonly processor: number
}

/** Milliseconds of the processor in one second, and microseconds from asking to the answer. */
interface Leisure {
  readonly burnt: number
  readonly answer: number
}

async function fill(filename: string): Promise<void> {
  await using pool = new ConnectionPool('node-sqlite', { filename })
  await pool.runOperation('CREATE TABLE t (id INTEGER PRIMARY KEY, number INTEGER, half REAL, text TEXT)')
  const rows = Array.from({ length: ROWS }, (_, id) => [id, id * 7, id / 2, `some text of row number ${id}`])
  await pool.executeMany('INSERT INTO t VALUES (?, ?, ?, ?)', rows)
}

/** Opens a pool for as long as `work` takes. */
async function withPool<T>(filename: string, adaptiveWaking: boolean, work: (read: Read) => Promise<T>): Promise<T> {
  await using pool = new ConnectionPool('node-sqlite', { filename }, { adaptiveWaking })
  let random = 1
  const read = () => {
    random = (random * 48_271) % 2_147_483_647
    return pool.runQuery(READ, random % ROWS)
  }
  await read()
  return await work(read)
}

/** Starts each caller's next read as soon as its last one has answered. */
async function reads(read: Read, inFlight: number, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds
  let count = 0
  const caller = async () => {
    while (performance.now() < until) {
      await read()
      count++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return count
}

async function underLoad(read: Read, inFlight: number): Promise<Load> {
  await reads(read, inFlight, WARM_UP)
  const started = performance.now()
  const loop = performance.eventLoopUtilization()
  const cpu = process.cpuUsage()
  const count = await reads(read, inFlight, TIMED)
  const processor = processorTime(cpu)
  const { active } = performance.eventLoopUtilization(loop)
  const wall = performance.now() - started
  return { wall: (wall * 1000) / count, loop: (active * 1000) / count, processor: (processor * 1000) / count }
}

/** Calls back at every beat; a timer of the loop knows no half milliseconds. */
const BEAT = `
  const { parentPort, workerData } = require('node:worker_threads')
  const cell = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    Atomics.wait(cell, 0, 0, workerData)
    parentPort.postMessage(null)
  }`

async function withBeat(interval: number | null, onBeat: () => void, work: () => Promise<Leisure>): Promise<Leisure> {
  if (interval === null) return await work()
  const worker = new Worker(BEAT, { eval: true, workerData: interval })
  worker.on('message', onBeat)
  try {
    return await work()
  } finally {
    await worker.terminate()
  }
}

/** What a process burns that reads, or not if there is nothing to read from, at every beat. */
async function atLeisure(read: Read | null, interval: number | null): Promise<Leisure> {
  const answers: number[] = []
  const onBeat = async () => {
    const started = performance.now()
    await read?.()
    answers.push((performance.now() - started) * 1000)
  }
  return await withBeat(interval, onBeat, async () => {
    await delay(SETTLE)
    answers.length = 0
    const started = performance.now()
    const cpu = process.cpuUsage()
    await delay(WATCHED)
    const burnt = (processorTime(cpu) * 1000) / (performance.now() - started)
    return { burnt, answer: median(answers) }
  })
}

/** Milliseconds of the processor in all threads since then. */
function processorTime(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Prints the medians of one figure of each column, by rounds. */
function print(head: string, rounds: readonly (readonly (readonly string[])[])[]): void {
  const [first = []] = rounds
  console.log(`\n| ${head} |\n|${'---|'.repeat(head.split('|').length)}`)
  for (const [row, [name, ...figures]] of first.entries()) {
    const cells = figures.map((_, column) => {
      const value = median(rounds.map((round) => Number(round[row]?.[column + 1])))
      return Number.isNaN(value) ? '' : value.toFixed(value < 20 ? 2 : 0)
    })
    console.log(`| ${[name, ...cells].join(' | ')} |`)
  }
}

/** Which of the two is first changes with the rounds. */
async function takingTurns<T>(run: (adaptive: boolean) => Promise<T>, round: number): Promise<{ off: T; on: T }> {
  const first = await run(round % 2 === 1)
  const second = await run(round % 2 === 0)
  return round % 2 === 0 ? { off: first, on: second } : { off: second, on: first }
}

async function measureLoad(filename: string, round: number): Promise<string[][]> {
  const rows: string[][] = []
  for (const inFlight of IN_FLIGHT) {
    const run = (adaptive: boolean) => withPool(filename, adaptive, (read) => underLoad(read, inFlight))
    const { off, on } = await takingTurns(run, round)
    const figures = [off.wall, on.wall, off.loop, on.loop, off.processor, on.processor]
    rows.push([`${inFlight}`, ...figures.map(String)])
  }
  return rows
}

async function measureLeisure(filename: string, round: number): Promise<string[][]> {
  const rows: string[][] = []
  for (const interval of INTERVALS) {
    const run = (adaptive: boolean) => withPool(filename, adaptive, (read) => watched(read, interval))
    const without = await atLeisure(null, interval)
    const { off, on } = await takingTurns(run, round)
    const figures = [without.burnt, off.burnt, on.burnt, off.answer, on.answer]
    rows.push([interval === null ? 'never' : `every ${interval} ms`, ...figures.map(String)])
  }
  return rows
}

// A pool that nobody uses is one that was used before.
async function watched(read: Read, interval: number | null): Promise<Leisure> {
  await reads(read, 1, WARM_UP / 3)
  return await atLeisure(read, interval)
}

type Measurement = (round: number) => Promise<string[][]>

async function inRounds(rounds: number, measure: Measurement): Promise<string[][][]> {
  const done: string[][][] = []
  while (done.length < rounds) done.push(await measure(done.length))
  return done
}

const folder = mkdtempSync(join(tmpdir(), 'offloop-waking-'))
try {
  const filename = join(folder, 'waking.db')
  const rounds = Number(process.argv[2] ?? 5)
  await fill(filename)
  console.log(`${rounds} rounds, ${availableParallelism()} cores, Node ${process.version}`)
  const load = await inRounds(rounds, (round) => measureLoad(filename, round))
  print('in flight | read, us: off | on | loop, us: off | on | processor, us: off | on', load)
  const leisure = await inRounds(Math.ceil(rounds / 2), (round) => measureLeisure(filename, round))
  print('a read | no pool, ms/s | off | on | answer, us: off | on', leisure)
} finally {
  rmSync(folder, { recursive: true })
}
