import { judgedPeers, type PeerName } from '../peers/index.ts'
import type { FigureName } from './figure-names.ts'
import type { PeerResult, ScenarioResult, VariantResult } from './runner.ts'
import type { Scenario, Target } from './scenario.ts'
import { ratios, type Spread } from './summary.ts'

/** What became of one target, for one variant and one of offloop's drivers. */
export interface Verdict {
  readonly target: string
  readonly variant: string
  readonly peer: PeerName
  /** A ratio, or the figure itself where the target names no baseline. */
  readonly reached: Spread
  readonly isRatio: boolean
  readonly met: boolean
}

/** Judges a scenario's targets by the medians. What was not measured is not judged. */
export function judge(scenario: Scenario, result: ScenarioResult): Verdict[] {
  return scenario.targets.flatMap((target) =>
    result.variants
      .filter(({ variant }) => target.appliesTo(variant))
      .flatMap((variant) => judgedPeers.flatMap((peer) => verdict(target, variant, peer, result))),
  )
}

function verdict(target: Target, of: VariantResult, name: PeerName, result: ScenarioResult): Verdict[] {
  const peer = findPeer(of, name)
  const reached = peer && reachedBy(target, of, peer, result)
  if (!reached) return []
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = target
  const met = reached.median >= atLeast && reached.median <= atMost
  const isRatio = target.to !== undefined || target.against !== undefined
  return [{ target: wanted(target, of), variant: of.variant.name, peer: name, reached, isRatio, met }]
}

function reachedBy(target: Target, of: VariantResult, peer: PeerResult, result: ScenarioResult): Spread | undefined {
  if (target.to !== undefined) return peer.ratios[target.to]?.[target.figure]
  if (!target.against) return peer.summary[target.figure]
  const other = result.variants.find(({ variant }) => variant.name === target.against?.(of.variant))
  const divisor = other && findPeer(other, peer.peer)
  return divisor && ratios(figuresOf(peer), figuresOf(divisor))[target.figure]
}

function wanted({ figure, to, against, atLeast, atMost }: Target, { variant }: VariantResult): string {
  const by = to ?? (against && `"${against({ ...variant })}"`)
  const unit = by === undefined ? '' : 'x'
  const bounds = [
    ...(atLeast === undefined ? [] : [`>= ${atLeast}${unit}`]),
    ...(atMost === undefined ? [] : [`<= ${atMost}${unit}`]),
  ]
  return [NAMES[figure] ?? figure, bounds.join(', '), ...(by === undefined ? [] : [by])].join(' ')
}

const NAMES: Partial<Record<FigureName, string>> = {
  operationsPerSecond: 'rate',
  microseconds: 'wall us per operation',
  loopMicroseconds: 'loop cost',
  loopCpuMicroseconds: 'main-thread CPU',
  loopDelayP99: 'loop delay p99 ms',
  loopDelayMax: 'loop delay max ms',
  latencyP99: 'latency p99 ms',
  latencyP999: 'latency p99.9 ms',
  busy: 'SQLITE_BUSY',
  milliseconds: 'wall ms',
  megabytes: 'MB',
}

function findPeer({ peers }: VariantResult, name: PeerName): PeerResult | undefined {
  return peers.find(({ peer }) => peer === name)
}

function figuresOf({ trials }: PeerResult) {
  return trials.map(({ figures }) => figures)
}
