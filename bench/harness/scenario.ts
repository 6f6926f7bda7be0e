import type { PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import type { Figures } from './figures.ts'

/** How long a trial takes. */
export interface Budget {
  readonly warmUpMilliseconds: number
  readonly timedMilliseconds: number
}

/** One column of conditions under which every peer is tried. It reaches the trial's process as JSON. */
export interface Variant {
  /** Tells the variant from the others of its scenario; printed. */
  readonly name: string
}

/** What one trial gives: the figures, and a hash of rows that must be the same for all peers and blocks. */
export interface Trial {
  readonly hash: string
  readonly figures: Figures
}

/** What offloop wants to reach, as a ratio to a baseline. Missing it is printed and fails nothing. */
export interface Target<V extends Variant> {
  readonly figure: keyof Figures
  readonly baseline: PeerName
  readonly atLeast?: number
  readonly atMost?: number
  appliesTo(variant: V): boolean
}

export interface Baseline {
  readonly peer: PeerName
  readonly label: string
}

/** A scenario: what is measured, on whom, under which conditions. One file each. */
export interface Scenario<V extends Variant = Variant> {
  readonly code: string
  readonly name: string
  readonly title: string
  /** One operation, in the plural. */
  readonly unit: string
  readonly peers: readonly PeerName[]
  /** The peers whose figures the others are divided by, each with a short name for it. */
  readonly baselines: readonly Baseline[]
  readonly targets: readonly Target<V>[]
  readonly budget: Budget
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[]
  /** Few for a quick check, all otherwise. */
  variants(quick: boolean): readonly V[]
  /** Makes what the trials need, once per run. */
  prepare(folder: string, variants: readonly V[]): void
  /** Runs in the trial's own process. */
  trial(peer: Peer, variant: V, folder: string, budget: Budget): Promise<Trial>
}
