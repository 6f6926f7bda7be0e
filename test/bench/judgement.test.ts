import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { baselineFigures } from '../../bench/harness/baselines.ts'
import { drawChart, pointsOf } from '../../bench/harness/draw.ts'
import type { Figures } from '../../bench/harness/figure-names.ts'
import { type Results, writeResults } from '../../bench/harness/results.ts'
import type { PeerResult, ScenarioResult } from '../../bench/harness/runner.ts'
import type { Trial } from '../../bench/harness/scenario.ts'
import { ratios, summarize } from '../../bench/harness/summary.ts'
import { judge } from '../../bench/harness/targets.ts'
import type { PeerName } from '../../bench/peers/index.ts'
import { bulkInsert } from '../../bench/scenarios/bulk-insert.ts'
import { growth } from '../../bench/scenarios/growth.ts'
import { slowBesideFast } from '../../bench/scenarios/slow-beside-fast.ts'

const TEMPORARY = mkdtempSync(join(tmpdir(), 'offloop-test-bench-'))
after(() => rmSync(TEMPORARY, { recursive: true }))

function trialsOf(...figures: Figures[]): Trial[] {
  return figures.map((measured) => ({ hash: '1', figures: measured }))
}

function rates(...list: number[]): Trial[] {
  return trialsOf(...list.map((operationsPerSecond) => ({ operationsPerSecond, loopMicroseconds: 1 })))
}

function peerResult(
  peer: PeerName,
  trials: readonly Trial[],
  baselines: Record<string, readonly Trial[]> = {},
): PeerResult {
  const figures = (list: readonly Trial[]) => list.map((trial) => trial.figures)
  const divided = Object.entries(baselines).map(([label, list]) => [label, ratios(figures(trials), figures(list))])
  return { peer, summary: summarize(figures(trials)), ratios: Object.fromEntries(divided), trials }
}

function bulkResult(): ScenarioResult {
  const [variant] = bulkInsert.variants({ quick: true, long: false })
  assert.ok(variant)
  const direct = rates(100, 100)
  const own = rates(90, 110)
  const peers = [
    peerResult('better-sqlite3', direct, { direct }),
    peerResult('kysely', rates(20)),
    peerResult('offloop-node-sqlite', own, { direct, 'best ORM': rates(20) }),
  ]
  const { code, name, budget } = bulkInsert
  return { code, name, blocks: 2, budget, variants: [{ variant, hash: '1', peers }] }
}

test('the best of a baseline is found figure by figure, and need not have been tried as often', () => {
  const trials = new Map<PeerName, Trial[]>([
    ['kysely', trialsOf({ operationsPerSecond: 10, microseconds: 5 }, { operationsPerSecond: 12, microseconds: 6 })],
    ['drizzle', trialsOf({ operationsPerSecond: 20, microseconds: 9 }, { operationsPerSecond: 18, microseconds: 8 })],
  ])
  const baseline = { label: 'best ORM', peers: ['kysely', 'drizzle', 'typeorm'] as const }
  assert.deepEqual(baselineFigures(baseline, trials), [
    { operationsPerSecond: 20, microseconds: 5 },
    { operationsPerSecond: 18, microseconds: 6 },
  ])
  assert.deepEqual(baselineFigures({ ...baseline, peers: ['typeorm'] }, trials), [])
})

test('a sum needs all of its peers', () => {
  const trials = new Map<PeerName, Trial[]>([
    ['better-sqlite3', trialsOf({ microseconds: 5 })],
    ['bare-thread', trialsOf({ microseconds: 9, busy: 0 })],
  ])
  const baseline = { label: 'both', peers: ['better-sqlite3', 'bare-thread'] as const, sum: true }
  assert.deepEqual(baselineFigures(baseline, trials), [{ microseconds: 14 }])
  trials.delete('bare-thread')
  assert.deepEqual(baselineFigures(baseline, trials), [])
})

test('targets are judged by the median of the ratios, and only where something was measured', () => {
  const verdicts = judge(bulkInsert, bulkResult())
  assert.deepEqual(
    verdicts.map(({ target, peer, met }) => [target, peer, met]),
    [
      ['rate >= 0.95x direct', 'offloop-node-sqlite', true],
      ['loop cost <= 0.25x direct', 'offloop-node-sqlite', false],
      ['rate >= 5x best ORM', 'offloop-node-sqlite', false],
    ],
  )
  assert.deepEqual(verdicts[2]?.reached, { median: 4.5, min: 4.5, max: 4.5 })
})

test('a target may be a figure itself, or a ratio to another variant of the same peer', () => {
  const [alone, beside] = slowBesideFast.variants({ quick: false, long: false })
  assert.ok(alone && beside)
  const figures = (operationsPerSecond: number, latencyP99: number) => trialsOf({ operationsPerSecond, latencyP99 })
  const { code, name, budget } = slowBesideFast
  const variants = [
    { variant: alone, hash: null, peers: [peerResult('offloop-node-sqlite', figures(2000, 1))] },
    { variant: beside, hash: '1', peers: [peerResult('offloop-node-sqlite', figures(1500, 4))] },
  ]
  assert.deepEqual(
    judge(slowBesideFast, { code, name, blocks: 1, budget, variants }).map(({ target, met }) => [target, met]),
    [
      ['latency p99 ms <= 5', true],
      [`rate >= 0.8x "${alone.name}"`, false],
    ],
  )
})

test('a line shows the variants that its chart is about', () => {
  const all = growth.variants({ quick: false, long: false })
  const peers = [peerResult('offloop-node-sqlite', trialsOf({ microseconds: 3 }))]
  const { code, name, budget, charts } = growth
  const result = { code, name, blocks: 1, budget, variants: all.map((variant) => ({ variant, hash: '1', peers })) }
  const inFlight = charts[1] as (typeof charts)[number]
  assert.deepEqual(
    pointsOf(inFlight as never, result).map(({ x }) => x),
    [1, 4, 16, 64, 256, 1000, 10_000],
  )
})

test('RESULTS.md names the commit, whether files differ from it, who was absent, and every chart', async () => {
  const spread = { median: 1, min: 1, max: 1 }
  const floor = Object.fromEntries(FLOOR.map((name) => [name, spread])) as unknown as Results['floor']
  const results: Results = {
    commit: { id: 'abcdef1234', dirty: true },
    machine: { ...MACHINE, packages: { kysely: '1.2.3' } },
    absent: new Map([['sqlite3', 'it has no binary']]),
    floor,
    scenarios: [bulkResult()],
    seconds: 90,
  }
  const path = await writeResults(results, TEMPORARY, async ({ title }) => `<svg>${title}</svg>`)
  const text = readFileSync(path, 'utf8')
  assert.match(text, /in 1\.5 minutes, for commit abcdef1234 \*\*with changes that are not committed\*\*/)
  assert.match(text, /^Absent: sqlite3: it has no binary$/m)
  assert.match(text, /^Peers: kysely 1\.2\.3$/m)
  assert.match(text, /^\| \[S6 bulk-insert\]\(#s6-bulk-insert\) \| 1 \| 2 \|$/m)
  assert.match(text, /^!\[Rows inserted per second\]\(charts\/s6-1\.svg\)$/m)
  assert.match(text, /^- 2 blocks: a check, not a measurement\.$/m)
  assert.deepEqual(readdirSync(join(TEMPORARY, 'charts')), ['s6-1.svg'])
})

const MACHINE = {
  processor: 'one',
  cores: 2,
  system: 'any',
  node: 'v24',
  betterSqlite3: '13',
  betterSqlite3Sqlite: '3',
  nodeSqlite: '3',
}
const FLOOR = [
  'messageRoundTrip',
  'atomicsRoundTrip',
  'messageOneWay',
  'betterSqlite3Get',
  'nodeSqliteGet',
  'commitNormal',
  'commitFull',
  'sync',
]

test('a chart is an SVG, or one line says what to install', async () => {
  const chart = bulkInsert.charts[0]
  assert.ok(chart)
  const drawn = drawChart(chart as never, bulkResult())
  if (isInstalled('vega')) assert.match(await drawn, /^<svg .*<\/svg>$/s)
  else await assert.rejects(drawn, /^Error: vega is not installed; npm ci --prefix bench installs it$/)
})

function isInstalled(name: string): boolean {
  try {
    createRequire(new URL('../../bench/package.json', import.meta.url)).resolve(name)
    return true
  } catch {
    return false
  }
}
