import { type PeerName, whatPeersAre } from '../peers/index.ts'
import { type Column, columnNotes } from './columns.ts'
import type { Floor } from './floor.ts'
import type { Machine } from './machine.ts'
import type { PeerResult, ScenarioResult, VariantResult } from './runner.ts'
import type { Baseline, Budget, Scenario } from './scenario.ts'
import type { Spread } from './summary.ts'
import { table } from './table.ts'
import { judge } from './targets.ts'

const ENOUGH_BLOCKS = 7

export function machineReport(machine: Machine, absent: ReadonlyMap<PeerName, string>): string {
  const versions = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`)
  return [
    `Machine: ${machine.processor}, ${machine.cores} cores, ${machine.system}`,
    `Node ${machine.node} (SQLite ${machine.nodeSqlite}), better-sqlite3 ${machine.betterSqlite3} ` +
      `(SQLite ${machine.betterSqlite3Sqlite})`,
    ...(versions.length === 0 ? [] : [`Peers: ${versions.join(', ')}`]),
    ...[...absent].map(([peer, reason]) => `Absent: ${peer}: ${reason}`),
  ].join('\n')
}

export function floorReport(floor: Floor): string {
  const rows: [string, Spread][] = [
    ['thread round trip by postMessage', floor.messageRoundTrip],
    ['thread round trip by Atomics.wait/notify', floor.atomicsRoundTrip],
    ['one-way message, many at a time', floor.messageOneWay],
    ['bare get, better-sqlite3', floor.betterSqlite3Get],
    ['bare get, node:sqlite', floor.nodeSqliteGet],
    ['insert and commit, synchronous=NORMAL', floor.commitNormal],
    ['insert and commit, synchronous=FULL', floor.commitFull],
    ['fdatasync after a write of 4 KiB', floor.sync],
  ]
  return table(
    ['Floor of this machine', 'us (min..max)'],
    rows.map(([name, of]) => [name, withRange(of, 2)]),
  )
}

export function scenarioReport(scenario: Scenario, result: ScenarioResult): string {
  const head = [`${scenario.code} ${scenario.name}`, scenario.title]
  if (result.leftOut !== undefined) return [...head, `Left out: ${result.leftOut}`].join('\n\n')
  return [
    ...head,
    ...result.variants.filter(({ peers }) => peers.length > 0).map((variant) => variantTable(scenario, variant)),
    ...targetTable(scenario, result),
    notes(scenario, result),
  ].join('\n\n')
}

function variantTable(scenario: Scenario, { variant, hash, peers }: VariantResult): string {
  // A sum of times is for its target alone: rates do not add up.
  const baselines = scenario.baselines.filter(({ label, sum }) => !sum && peers.some(({ ratios }) => ratios[label]))
  const columns = scenario.columns.filter(({ figures }) => peers.some(({ summary }) => figures.some((f) => summary[f])))
  const divided = ({ compared }: Column) => (compared ? baselines.map(({ label }) => `x ${label}`) : [])
  const head = columns.flatMap((column) => [heading(column), ...divided(column)])
  const text = table(
    [variant.name, ...head],
    peers.map((peer) => [peer.peer, ...columns.flatMap((column) => cells(column, peer, baselines))]),
  )
  return hash === null ? text : `${text}\nSame rows from all peers: ${hash}`
}

function heading({ head, figures }: Column): string {
  return figures.length === 1 ? `${head} (min..max)` : head
}

function cells({ figures, digits, compared }: Column, peer: PeerResult, baselines: readonly Baseline[]): string[] {
  const spreads = figures.map((figure) => peer.summary[figure])
  if (spreads.every((spread) => spread === undefined)) return ['-', ...(compared ? baselines.map(() => '-') : [])]
  const [only] = spreads
  const several = spreads.map((spread) => (spread ? number(spread.median, digits) : '-')).join('/')
  const text = figures.length === 1 && only ? withRange(only, digits) : several
  if (!compared) return [text]
  return [text, ...baselines.map(({ label }) => factor(peer.ratios[label]?.[figures[0] as (typeof figures)[number]]))]
}

function targetTable(scenario: Scenario, result: ScenarioResult): string[] {
  const rows = judge(scenario, result).map(({ target, variant, peer, reached, isRatio, met }) => {
    return [target, variant, peer, `${withRange(reached, 2)}${isRatio ? ' x' : ''}`, met ? 'met' : 'missed']
  })
  return rows.length === 0 ? [] : [table(['Target', 'variant', 'peer', 'reached (min..max)', ''], rows)]
}

function notes(scenario: Scenario, { blocks, budget, variants, note }: ScenarioResult): string {
  const divisors = scenario.baselines.map(divisor)
  const present = scenario.peers.filter((name) => variants.some(({ peers }) => peers.some(({ peer }) => peer === name)))
  const lines = [
    ...scenario.notes,
    ...(note === undefined ? [] : [note]),
    ...present.flatMap((peer) => whatPeersAre.get(peer) ?? []),
    ...(divisors.length === 0 ? [] : [`${divisors.join('; ')}.`]),
    `Median of ${counted(blocks)}; ${howLong(budget)}. Ratios are taken block by block: they count, absolute times do not.`,
    ...scenario.columns.flatMap((column) => columnNotes.get(column) ?? []),
    ...(blocks < ENOUGH_BLOCKS ? [`${counted(blocks)}: a check, not a measurement.`] : []),
  ]
  return lines.map((line) => `- ${line}`).join('\n')
}

function howLong({ firstMilliseconds, warmUpMilliseconds, timedMilliseconds }: Budget): string {
  const process = 'in each block every peer has one process'
  if (firstMilliseconds === 0) return process
  const warm = `${process}, warmed up for ${firstMilliseconds} ms, and before each further variant for ${warmUpMilliseconds} ms`
  return timedMilliseconds === 0 ? warm : `${warm}; timed for ${timedMilliseconds} ms`
}

function divisor({ label, peers, sum }: Baseline): string {
  if (peers.length === 1) return `x ${label}: divided by ${peers[0]}`
  return `x ${label}: divided by ${sum ? 'the sum of' : 'the best of'} ${peers.join(', ')}`
}

function counted(blocks: number): string {
  return blocks === 1 ? '1 block' : `${blocks} blocks`
}

function withRange({ median, min, max }: Spread, digits: number): string {
  return `${number(median, digits)} (${number(min, digits)}..${number(max, digits)})`
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function factor(spread: Spread | undefined): string {
  return spread ? `${spread.median.toFixed(2)}x` : '-'
}
