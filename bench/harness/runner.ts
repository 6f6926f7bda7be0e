import type { PeerName } from '../peers/index.ts'
import { baselineFigures, type TrialsByPeer } from './baselines.ts'
import { runChild } from './child.ts'
import { type Budget, LeftOut, type Scenario, type Scope, type Trial, type Variant } from './scenario.ts'
import { ratios, type Summary, summarize } from './summary.ts'

/** How a run was asked for. */
export interface RunOptions extends Scope {
  readonly blocks: number
  /** All peers of the scenario when null. */
  readonly peers: readonly PeerName[] | null
}

export interface PeerResult {
  readonly peer: PeerName
  readonly summary: Summary
  /** By the baseline's label; the baselines that did not run are missing. */
  readonly ratios: Readonly<Record<string, Summary>>
  /** In the order of the blocks. */
  readonly trials: readonly Trial[]
}

export interface VariantResult {
  readonly variant: Variant
  /** Of the rows that every peer gave in every block; null where nobody reads rows. */
  readonly hash: string | null
  readonly peers: readonly PeerResult[]
}

export interface ScenarioResult {
  readonly code: string
  readonly name: string
  readonly blocks: number
  readonly budget: Budget
  readonly variants: readonly VariantResult[]
  /** Why nothing was measured. */
  readonly leftOut?: string
  /** One more note, of what was prepared. */
  readonly note?: string
}

/** What the process of a peer in one block is told: the variants in the order in which to try them. */
export interface TrialOrder {
  readonly scenario: string
  readonly peer: PeerName
  readonly variants: readonly Variant[]
  readonly folder: string
  readonly budget: Budget
}

/** What a run is told beside its options. */
export interface Surroundings {
  /** Where the scenarios may put their files. */
  readonly folder: string
  /** The peers that cannot run here. */
  readonly absent: ReadonlyMap<PeerName, string>
  /** Hears of each block. */
  progress(line: string): void
}

type Trials = Map<Variant, Map<PeerName, Trial[]>>

const QUICK: Budget = { firstMilliseconds: 10, warmUpMilliseconds: 5, timedMilliseconds: 40 }
const TRIAL = new URL('../trial.ts', import.meta.url)

/** Tries all peers under all variants, block after block, one process at a time. */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  { folder, absent, progress }: Surroundings,
): Promise<ScenarioResult> {
  const variants = scenario.variants(options)
  const budget = options.quick ? quickly(scenario.budget) : scenario.budget
  const peers = scenario.peers.filter((peer) => !absent.has(peer) && (options.peers?.includes(peer) ?? true))
  const trials: Trials = new Map(variants.map((variant) => [variant, new Map()]))
  progress(`${scenario.code}: preparing`)
  const prepared = peers.length === 0 ? {} : await prepare(scenario, folder, variants)
  if (prepared.leftOut !== undefined) {
    progress(`${scenario.code}: left out: ${prepared.leftOut}`)
    return { code: scenario.code, name: scenario.name, blocks: 0, budget, variants: [], ...prepared }
  }
  for (let block = 0; block < options.blocks; block++) {
    const start = performance.now()
    for (const peer of rotated(peers, block).filter((name) => hasBlock(scenario, name, block))) {
      const chosen = rotated(variants, block).filter((variant) => isTried(variant, peer, block))
      const order = { scenario: scenario.code, peer, variants: chosen, folder, budget }
      for (const [index, trial] of (await runTrials(order)).entries()) {
        addTrial(trials, chosen[index] as Variant, peer, trial)
      }
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    progress(`${scenario.code}: block ${block + 1} of ${options.blocks} took ${seconds} s`)
  }
  const results = [...trials].map(([variant, byPeer]) => variantResult(scenario, variant, sorted(byPeer, peers)))
  return { code: scenario.code, name: scenario.name, blocks: options.blocks, budget, variants: results, ...prepared }
}

async function prepare(
  scenario: Scenario,
  folder: string,
  variants: readonly Variant[],
): Promise<Pick<ScenarioResult, 'leftOut' | 'note'>> {
  try {
    const note = await scenario.prepare(folder, variants)
    return typeof note === 'string' ? { note } : {}
  } catch (error) {
    if (error instanceof LeftOut) return { leftOut: error.message }
    throw error
  }
}

function quickly(budget: Budget): Budget {
  const shorter = (name: keyof Budget) => Math.min(budget[name], QUICK[name])
  return {
    firstMilliseconds: shorter('firstMilliseconds'),
    warmUpMilliseconds: shorter('warmUpMilliseconds'),
    timedMilliseconds: shorter('timedMilliseconds'),
  }
}

/** The list begun at another place, so that nobody is always first. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

/** The hash that all trials with rows share; throws when they do not. */
export function sameHash(trials: TrialsByPeer): string | null {
  const peersByHash = new Map<string, Set<PeerName>>()
  for (const [peer, list] of trials) {
    for (const { hash } of list) {
      if (hash !== null) peersByHash.set(hash, (peersByHash.get(hash) ?? new Set()).add(peer))
    }
  }
  const [hash = null, ...others] = peersByHash.keys()
  if (others.length === 0) return hash
  const groups = [...peersByHash].map(([seen, peers]) => `${[...peers].join(', ')} gave ${seen}`)
  throw new Error(`The peers did not read the same rows: ${groups.join('; ')}`)
}

function isTried({ peers, blocks = Number.POSITIVE_INFINITY }: Variant, peer: PeerName, block: number): boolean {
  return block < blocks && (peers?.includes(peer) ?? true)
}

function hasBlock({ fewerBlocks }: Scenario, peer: PeerName, block: number): boolean {
  return !fewerBlocks?.peers.includes(peer) || block < fewerBlocks.blocks
}

async function runTrials(order: TrialOrder): Promise<Trial[]> {
  if (order.variants.length === 0) return []
  try {
    return await runChild<Trial[]>(TRIAL, order)
  } catch (cause) {
    throw new Error(`${order.scenario}, ${order.peer}: ${(cause as Error).message}`, { cause })
  }
}

function addTrial(trials: Trials, variant: Variant, peer: PeerName, trial: Trial): void {
  const byPeer = trials.get(variant)
  const list = byPeer?.get(peer)
  if (list) list.push(trial)
  else byPeer?.set(peer, [trial])
}

function sorted(byPeer: TrialsByPeer, peers: readonly PeerName[]): TrialsByPeer {
  return new Map([...byPeer].toSorted(([a], [b]) => peers.indexOf(a) - peers.indexOf(b)))
}

function variantResult(scenario: Scenario, variant: Variant, trials: TrialsByPeer): VariantResult {
  const baselines = scenario.baselines.flatMap((baseline) => {
    const figures = baselineFigures(baseline, trials)
    return figures.length === 0 ? [] : [{ label: baseline.label, figures }]
  })
  const peers = [...trials].map(([peer, list]) => {
    const figures = list.map((trial) => trial.figures)
    const byLabel = baselines.map((baseline) => [baseline.label, ratios(figures, baseline.figures)])
    return { peer, summary: summarize(figures), ratios: Object.fromEntries(byLabel), trials: list }
  })
  return { variant, hash: sameHash(trials), peers }
}
