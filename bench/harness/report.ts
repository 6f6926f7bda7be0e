import { ownPeers, type PeerName } from '../peers/index.ts'
import type { Floor } from './floor.ts'
import type { Machine } from './machine.ts'
import type { PeerResult, ScenarioResult, VariantResult } from './runner.ts'
import type { Scenario, Target } from './scenario.ts'
import type { Spread } from './summary.ts'
import { table } from './table.ts'

const ENOUGH_BLOCKS = 7

export function machineReport(machine: Machine): string {
  return [
    `Machine: ${machine.processor}, ${machine.cores} cores, ${machine.system}`,
    `Node ${machine.node} (SQLite ${machine.nodeSqlite}), better-sqlite3 ${machine.betterSqlite3} ` +
      `(SQLite ${machine.betterSqlite3Sqlite})`,
  ].join('\n')
}

export function floorReport(floor: Floor): string {
  const rows: [string, Spread][] = [
    ['thread round trip by postMessage', floor.messageRoundTrip],
    ['thread round trip by Atomics.wait/notify', floor.atomicsRoundTrip],
    ['one-way message, many at a time', floor.messageOneWay],
    ['bare get, better-sqlite3', floor.betterSqlite3Get],
    ['bare get, node:sqlite', floor.nodeSqliteGet],
  ]
  return table(
    ['Floor of this machine', 'us (min..max)'],
    rows.map(([name, of]) => [name, withRange(of, micro)]),
  )
}

export function scenarioReport(scenario: Scenario, result: ScenarioResult): string {
  return [
    `${scenario.code} ${scenario.name}`,
    scenario.title,
    ...result.variants.map((variant) => variantTable(scenario, variant)),
    ...targetTable(scenario, result),
    notes(scenario, result),
  ].join('\n\n')
}

function variantTable(scenario: Scenario, { variant, hash, peers }: VariantResult): string {
  const ratioHeads = scenario.baselines.map(({ label }) => `x ${label}`)
  const head = [
    variant.name,
    `${scenario.unit}/s (min..max)`,
    ...ratioHeads,
    'loop us (min..max)',
    ...ratioHeads,
    'delay ms p50/p99/max',
    'CPU s/million',
  ]
  return `${table(
    head,
    peers.map((peer) => peerRow(scenario, peer)),
  )}\nSame rows from all peers: ${hash}`
}

function peerRow(scenario: Scenario, { peer, summary, ratios }: PeerResult): string[] {
  const delays = [summary.loopDelayP50, summary.loopDelayP99, summary.loopDelayMax]
  const ratio = (of: Spread | undefined) => (of ? factor(of.median) : '-')
  return [
    peer,
    withRange(summary.operationsPerSecond, whole),
    ...scenario.baselines.map((baseline) => ratio(ratios[baseline.peer]?.operationsPerSecond)),
    withRange(summary.loopMicroseconds, micro),
    ...scenario.baselines.map((baseline) => ratio(ratios[baseline.peer]?.loopMicroseconds)),
    delays.map((delay) => delay.median.toFixed(1)).join('/'),
    summary.cpuSecondsPerMillion.median.toFixed(1),
  ]
}

function targetTable(scenario: Scenario, { variants }: ScenarioResult): string[] {
  const rows = scenario.targets.flatMap((target) => {
    const concerned = variants.filter(({ variant }) => target.appliesTo(variant))
    return concerned.flatMap((variant) => ownPeers.flatMap((peer) => targetRow(target, variant, peer)))
  })
  return rows.length === 0 ? [] : [table(['Target', 'variant', 'peer', 'ratio (min..max)', ''], rows)]
}

function targetRow(target: Target<never>, { variant, peers }: VariantResult, name: PeerName): string[][] {
  const reached = peers.find(({ peer }) => peer === name)?.ratios[target.baseline]?.[target.figure]
  if (!reached) return []
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = target
  const wanted = target.atLeast === undefined ? `<= ${atMost}x` : `>= ${atLeast}x`
  const met = reached.median >= atLeast && reached.median <= atMost
  const what = `${target.figure} ${wanted} ${target.baseline}`
  return [[what, variant.name, name, withRange(reached, factor), met ? 'met' : 'missed']]
}

function notes(scenario: Scenario, { blocks, budget }: ScenarioResult): string {
  const divisors = scenario.baselines.map(({ peer, label }) => `x ${label}: divided by ${peer}`)
  const lines = [
    ...scenario.notes,
    `${divisors.join('; ')}.`,
    `Median of ${counted(blocks)}; a trial is one process, warmed up for ${budget.warmUpMilliseconds} ms and timed ` +
      `for ${budget.timedMilliseconds} ms. Ratios are taken block by block: they count, absolute times do not.`,
    'loop: time in which the event loop was not idle, per operation. delay: how late the loop was for a timer.',
    'CPU: processor time of all threads. Who offloads works on two cores or more at once, a blocking call on one: ' +
      'judge operations per second together with it.',
    ...(blocks < ENOUGH_BLOCKS ? [`${counted(blocks)}: a check, not a measurement.`] : []),
  ]
  return lines.map((line) => `- ${line}`).join('\n')
}

function counted(blocks: number): string {
  return blocks === 1 ? '1 block' : `${blocks} blocks`
}

function withRange({ median, min, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)}..${format(max)})`
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function micro(value: number): string {
  return value.toFixed(2)
}

function factor(value: number): string {
  return `${value.toFixed(2)}x`
}
