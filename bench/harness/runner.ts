import type { PeerName } from '../peers/index.ts'
import { runChild } from './child.ts'
import type { Budget, Scenario, Trial, Variant } from './scenario.ts'
import { ratios, type Summary, summarize } from './summary.ts'

/** How a run was asked for. */
export interface RunOptions {
  readonly quick: boolean
  readonly blocks: number
  /** All peers of the scenario when null. */
  readonly peers: readonly PeerName[] | null
}

export interface PeerResult {
  readonly peer: PeerName
  readonly summary: Summary
  /** By the baseline's name; the baselines that did not run are missing. */
  readonly ratios: Readonly<Partial<Record<PeerName, Summary>>>
  /** In the order of the blocks. */
  readonly trials: readonly Trial[]
}

export interface VariantResult {
  readonly variant: Variant
  /** Of the rows that every peer gave in every block. */
  readonly hash: string
  readonly peers: readonly PeerResult[]
}

export interface ScenarioResult {
  readonly code: string
  readonly name: string
  readonly blocks: number
  readonly budget: Budget
  readonly variants: readonly VariantResult[]
}

/** What the process of one trial is told. */
export interface TrialOrder {
  readonly scenario: string
  readonly peer: PeerName
  readonly variant: Variant
  readonly folder: string
  readonly budget: Budget
}

const QUICK_BUDGET: Budget = { warmUpMilliseconds: 10, timedMilliseconds: 40 }
const TRIAL = new URL('../trial.ts', import.meta.url)

/**
 * Runs all peers under all variants, block after block, one process at a time. `folder` is where the scenario may put
 * its files; `progress` hears of each block.
 */
export async function runScenario(
  scenario: Scenario,
  options: RunOptions,
  folder: string,
  progress: (line: string) => void,
): Promise<ScenarioResult> {
  const variants = scenario.variants(options.quick)
  const budget = options.quick ? QUICK_BUDGET : scenario.budget
  const peers = scenario.peers.filter((peer) => options.peers?.includes(peer) ?? true)
  const trials = new Map(variants.map((variant) => [variant, new Map(peers.map((peer) => [peer, [] as Trial[]]))]))
  progress(`${scenario.code}: preparing`)
  scenario.prepare(folder, variants)
  for (let block = 0; block < options.blocks; block++) {
    progress(`${scenario.code}: block ${block + 1} of ${options.blocks}`)
    for (const [index, variant] of variants.entries()) {
      for (const peer of rotated(peers, block + index)) {
        const trial = await runTrial({ scenario: scenario.code, peer, variant, folder, budget })
        trials.get(variant)?.get(peer)?.push(trial)
      }
    }
  }
  const results = [...trials].map(([variant, byPeer]) => variantResult(scenario, variant, byPeer))
  return { code: scenario.code, name: scenario.name, blocks: options.blocks, budget, variants: results }
}

/** The list begun at another place, so that nobody is always first. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

/** The hash that all trials share; throws when they do not. */
export function sameHash(trials: ReadonlyMap<PeerName, readonly Trial[]>): string {
  const peersByHash = new Map<string, Set<PeerName>>()
  for (const [peer, list] of trials) {
    for (const { hash } of list) peersByHash.set(hash, (peersByHash.get(hash) ?? new Set()).add(peer))
  }
  const [hash, ...others] = peersByHash.keys()
  if (hash === undefined) throw new Error('There was no trial')
  if (others.length === 0) return hash
  const groups = [...peersByHash].map(([seen, peers]) => `${[...peers].join(', ')} gave ${seen}`)
  throw new Error(`The peers did not read the same rows: ${groups.join('; ')}`)
}

async function runTrial(order: TrialOrder): Promise<Trial> {
  try {
    return await runChild<Trial>(TRIAL, order)
  } catch (cause) {
    throw new Error(`${order.scenario}, ${order.variant.name}, ${order.peer}: ${(cause as Error).message}`, { cause })
  }
}

function variantResult(scenario: Scenario, variant: Variant, trials: Map<PeerName, Trial[]>): VariantResult {
  const figures = (peer: PeerName) => trials.get(peer)?.map((trial) => trial.figures) ?? []
  const baselines = scenario.baselines.map(({ peer }) => peer).filter((peer) => trials.has(peer))
  const peers = [...trials].map(([peer, list]) => ({
    peer,
    summary: summarize(figures(peer)),
    ratios: Object.fromEntries(baselines.map((baseline) => [baseline, ratios(figures(peer), figures(baseline))])),
    trials: list,
  }))
  return { variant, hash: sameHash(trials), peers }
}
