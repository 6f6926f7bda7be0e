import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ConnectionPool, type Driver } from 'offloop'
import { driverConformance } from 'offloop/testing'
import betterSqlite3 from '../../src/drivers/better-sqlite3/index.ts'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { swallowFailures, transferMoney } from '../../test/integrity/bank.ts'
import { contend } from '../../test/integrity/contention.ts'
import { abortInFlight } from '../../test/integrity/giving-up.ts'
import { askHostile } from '../../test/integrity/hostile.ts'
import { askForNonces } from '../../test/integrity/nonce.ts'
import { closesInTime, endsInTime, leavesBehind, nests, waitsInLine } from '../../test/integrity/pools.ts'
import { compileShim, cutPower } from '../../test/integrity/power.ts'
import { lookForSecrets } from '../../test/integrity/secrets.ts'
import { leaveTraces } from '../../test/integrity/sessions.ts'
import { soakApart } from '../../test/integrity/soak.ts'
import { roundTrips } from '../../test/integrity/values.ts'
import type { Toll } from '../deaths.ts'
import { bounds, measure, sizes } from '../promises.ts'

/** Where and how large a promise is tried. */
export interface Trial {
  readonly driver: string
  readonly folder: string
  readonly long: boolean
  readonly seed: number
}

/** One promise: how it is tried, and whether the figures keep it. */
export interface Promised {
  readonly id: string
  readonly words: string
  /** Has nothing to do with a driver: tried once. */
  readonly once?: boolean
  run(trial: Trial): Promise<Figures>
}

/** What was seen, and of that what must be none. */
export interface Figures {
  readonly seen: Readonly<Record<string, unknown>>
  readonly none: Readonly<Record<string, number>>
}

let count = 0

function url({ driver, folder }: Trial): string {
  return `${driver}:${join(folder, `${count++}.db`)}`
}

async function onPool<T>(trial: Trial, work: (pool: ConnectionPool) => Promise<T>): Promise<T> {
  await using pool = new ConnectionPool(url(trial), { max: 4 })
  return await work(pool)
}

function beyond(limits: Record<string, [figure: number, most: number]>): Record<string, number> {
  return Object.fromEntries(Object.entries(limits).map(([name, [figure, most]]) => [name, Math.max(0, figure - most)]))
}

export const promises: readonly Promised[] = [
  {
    id: 'P1',
    words: 'every caller of a pool that is stuck has an end in time',
    once: true,
    async run({ long }) {
      const { otherwise, ...seen } = await endsInTime(long ? 5000 : 500)
      const { timeout, acquireTimeout } = seen.latest
      const tooLate = beyond({ timeoutTooLate: [timeout, 250], acquireTimeoutTooLate: [acquireTimeout, 250] })
      return { seen, none: { otherwise, ...tooLate } }
    },
  },
  {
    id: 'P3',
    words: 'commit on success, rollback on error, nothing in between',
    async run(trial) {
      const figures = await onPool(trial, (pool) => transferMoney(pool, trial.long ? 50_000 : 2000, trial.seed))
      const { strangeEnds, wrongSums, wrongLedger, ...seen } = figures
      return { seen, none: { strangeEnds, wrongSums, wrongLedger } }
    },
  },
  {
    id: 'P4',
    words: 'never told as committed when it was rolled back',
    async run(trial) {
      const { interactions, ...none } = await onPool(trial, (pool) => swallowFailures(pool, trial.long ? 20_000 : 1000))
      return { seen: { interactions }, none }
    },
  },
  {
    id: 'P6',
    words: 'tried again while busy, nothing is lost and nothing done twice',
    async run(trial) {
      const figures = await contend(url(trial), trial.long ? 5000 : 150, false)
      const { transfers, done, again, ...none } = figures
      return { seen: { transfers, again }, none: { ...none, unfinished: transfers - done } }
    },
  },
  {
    id: 'P7',
    words: 'nobody gets the answer of another',
    async run(trial) {
      const figures = await onPool(trial, (pool) => askForNonces(pool, trial.long ? 1_000_000 : 200_000, trial.seed))
      const { foreign, strangeErrors, ...seen } = figures
      return { seen, none: { foreign, strangeErrors } }
    },
  },
  {
    id: 'P8',
    words: 'the next borrower finds no transaction and no cursor of the one before',
    async run(trial) {
      const { found, ...seen } = await leaveTraces(url(trial), trial.long ? 1000 : 20)
      return { seen: { ...seen, stayed: seen.stayed.join(' ') }, none: { found: found.length } }
    },
  },
  { id: 'P9', words: 'what was acknowledged survives a power cut', run: powerCuts },
  {
    id: 'P10',
    words: 'the event loop is not blocked, in milliseconds',
    once: true,
    async run({ long }) {
      const size = long ? sizes.long : sizes.short
      const query = await measure('longQuery', size.longQuery)
      const rows = await measure('largeResult', size.largeResult)
      const seen = { p99: query.p99, max: query.max, ofMillionRows: { p99: rows.p99, max: rows.max, own: rows.ownMax } }
      const limits = { p99: query.p99, max: query.max, rowsP99: rows.ownP99, rowsMax: rows.ownMax }
      const { p99, max } = bounds
      return {
        seen,
        none: beyond({
          p99: [limits.p99, p99],
          max: [limits.max, max],
          rowsP99: [limits.rowsP99, p99],
          rowsMax: [limits.rowsMax, max],
        }),
      }
    },
  },
  {
    id: 'P11',
    words: 'those who wait take little memory, and are served in turn',
    once: true,
    async run() {
      const { outOfTurn, ...seen } = await waitsInLine()
      return { seen, none: { outOfTurn, ...beyond({ bytesTooMany: [seen.bytesEach, 2048] }) } }
    },
  },
  {
    id: 'P12',
    words: 'who is given up is given up, and nobody else',
    async run(trial) {
      const figures = await onPool(trial, (pool) => abortInFlight(pool, trial.long ? 5000 : 500))
      const { strangeEnds, harmed, ...seen } = figures
      return { seen, none: { strangeEnds, harmed, ...beyond({ medianTooLate: [figures.median, 50] }) } }
    },
  },
  {
    id: 'P13',
    words: 'a closed pool leaves nothing behind, and close has an end in time',
    async run(trial) {
      const { closing, ...left } = await leavesBehind(() => url(trial), trial.long ? 200 : 10)
      const { otherwise, ...amid } = await closesInTime(trial.long ? 5000 : 500)
      const none = { ...beyond(mapped(left)), otherwise, ...beyond({ closeTooLate: [amid.latest, 250] }) }
      return { seen: { closing, ...left, amid }, none }
    },
  },
  {
    id: 'P14',
    words: 'a dead thread costs the calls in flight, and nothing else',
    once: true,
    run: deathsOfAllKinds,
  },
  {
    id: 'P15',
    words: 'a value comes back equal, or is refused',
    async run(trial) {
      const figures = await onPool(trial, (pool) => roundTrips(pool, trial.long ? 1_000_000 : 100_000, trial.seed))
      const { changed, wronglyRefused, ...seen } = figures
      return { seen, none: { changed: changed.length, wronglyRefused: wronglyRefused.length } }
    },
  },
  {
    id: 'P16',
    words: 'work of every kind leaves nothing behind',
    async run(trial) {
      const { strange, calls, failed, deaths, slope, ...left } = await soakApart(
        url(trial),
        trial.long ? 75 : 5,
        trial.seed,
      )
      const limits: Record<string, [number, number]> = {
        slope: [slope, trial.long ? 1024 : 256 * 1024],
        ...mapped(left),
      }
      return { seen: { calls, failed, deaths, slope }, none: { strange: strange.length, ...beyond(limits) } }
    },
  },
  { id: 'P17', words: 'drivers do the same', run: conformance },
  {
    id: 'P18',
    words: 'no SQL out of data',
    async run(trial) {
      const { escaped, strange, harmed, ...seen } = await onPool(trial, (pool) =>
        askHostile(pool, trial.long ? 50_000 : 5000, trial.seed),
      )
      return { seen, none: { escaped: escaped.length, strange: strange.length, harmed: harmed.length } }
    },
  },
  {
    id: 'P19',
    words: 'no error and no print of a pool shows a value',
    async run(trial) {
      const place = url(trial)
      const { seen, ...looked } = await lookForSecrets((options) => new ConnectionPool(place, { ...options, max: 4 }))
      return { seen: looked, none: { shown: seen.length } }
    },
  },
  {
    id: 'P22',
    words: 'calls inside an interaction never wait for it',
    async run(trial) {
      const { calls, answered } = await nests(url(trial), trial.long ? 100_000 : 1000)
      return { seen: { calls }, none: { unanswered: calls - answered } }
    },
  },
]

const deaths = join(import.meta.dirname, '../deaths.ts')

// In a process of its own, whose threads have little memory to run out of.
async function deathsOfAllKinds({ long }: Trial): Promise<Figures> {
  const flags = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, deaths, long ? '100' : '5', '--json'])
  const seen: Record<string, unknown> = {}
  const none = { untold: 0, hung: 0, wronglyFailed: 0, restoredTooLate: 0 }
  for (const { how, deaths: count, fatal, told, hung, restored, others } of JSON.parse(stdout) as Toll[]) {
    seen[how] = { of: count, told, restored }
    none.untold += fatal - told
    none.hung += hung
    // Running out of stack is an error of the one statement.
    none.wronglyFailed += others - (how === 'stack' ? count : 0)
    none.restoredTooLate += Math.max(0, restored - 1000)
  }
  return { seen, none }
}

function mapped(figures: object): Record<string, [number, number]> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, [figure as number, 0]]))
}

async function powerCuts({ driver, folder, long }: Trial): Promise<Figures> {
  const compiled = compileShim(folder)
  if ('missing' in compiled) return { seen: { notTried: compiled.missing }, none: {} }
  const total = { cuts: 0, acknowledged: 0, lost: 0, halves: 0, damaged: 0 }
  const crash = { acknowledged: 0, lost: 0 }
  for (let cuts = 0; cuts < (long ? 30 : 3); cuts++) {
    const acknowledgements = 1 + cuts * 300
    const cut = { driver, folder, shim: compiled.shim }
    const strict = await cutPower({ ...cut, durability: 'power', acknowledgements })
    const loose = await cutPower({ ...cut, durability: 'crash', acknowledgements })
    total.cuts += 2
    total.acknowledged += strict.acknowledged
    total.lost += strict.lost
    crash.acknowledged += loose.acknowledged
    crash.lost += loose.lost
    for (const { halves, integrity } of [strict, loose]) {
      total.halves += halves
      if (integrity !== 'ok') total.damaged++
    }
  }
  const { lost, halves, damaged, ...seen } = total
  // A cut that costs nothing where it should is none.
  return { seen: { ...seen, withNormal: crash }, none: { lost, halves, damaged, noTrial: crash.lost > 0 ? 0 : 1 } }
}

async function conformance({ driver, folder }: Trial): Promise<Figures> {
  const cases: (() => Promise<void>)[] = []
  const drivers: Record<string, Driver> = { 'node-sqlite': nodeSqlite, 'better-sqlite3': betterSqlite3 }
  driverConformance({
    driver: drivers[driver] as Driver,
    test: (_name, run) => cases.push(run),
    source: () => ({ filename: join(folder, `${count++}.db`), durability: 'crash' }),
    unreachable: () => ({ filename: join(folder, 'no such folder', 'file.db') }),
  })
  let failed = 0
  for (const run of cases) await run().catch(() => failed++)
  return { seen: { cases: cases.length }, none: { failed } }
}
