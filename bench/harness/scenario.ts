import type { PeerName } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import type { Chart } from './chart.ts'
import type { Column } from './columns.ts'
import type { FigureName, Figures } from './figure-names.ts'

/** How long a peer is warmed up and timed, in milliseconds. */
export interface Budget {
  /** The warm-up of a process's first trial, in which V8 learns its code. */
  readonly firstMilliseconds: number
  /** The warm-up of the trials behind it. */
  readonly warmUpMilliseconds: number
  readonly timedMilliseconds: number
}

/** One column of conditions under which every peer is tried. It reaches the trial's process as JSON. */
export interface Variant {
  /** Tells the variant from the others of its scenario; printed. */
  readonly name: string
  /** Only these peers are tried under it; all of the scenario's unless given. */
  readonly peers?: readonly PeerName[]
  /** It is tried in no more blocks than that; in all of the run's unless given. */
  readonly blocks?: number
}

/** What one trial gives. */
export interface Trial {
  /** Of rows that must be the same for all peers and blocks; null from who reads no rows. */
  readonly hash: string | null
  readonly figures: Figures
}

/** What a trial is told beside its variant. */
export interface Conditions {
  readonly peer: PeerName
  /** Where files of the trial's own may be; they go with the run. */
  readonly folder: string
  readonly warmUpMilliseconds: number
  readonly timedMilliseconds: number
}

/** Whom the others are divided by: one peer, the best of several, or what several take one after the other. */
export interface Baseline {
  readonly label: string
  readonly peers: readonly PeerName[]
  readonly sum?: boolean
}

/** What offloop wants to reach. Missing it is printed and fails nothing. */
export interface Target<V extends Variant = Variant> {
  readonly figure: FigureName
  /** The label of the baseline that the figure is divided by; without one, the figure itself is judged. */
  readonly to?: string
  readonly atLeast?: number
  readonly atMost?: number
  appliesTo(variant: V): boolean
  /** The name of the variant under which the same peer's figure is what it is divided by. */
  against?(variant: V): string
}

/** How much of a scenario was asked for. */
export interface Scope {
  /** A check that everything works, in a second or two. */
  readonly quick: boolean
  /** What takes minutes too. */
  readonly long: boolean
}

/** Thrown by a scenario that cannot be measured here; the message, of one line, says why. */
export class LeftOut extends Error {}

/** A scenario: what is measured, on whom, under which conditions. One file each. */
export interface Scenario<V extends Variant = Variant> {
  readonly code: string
  readonly name: string
  readonly title: string
  readonly peers: readonly PeerName[]
  readonly baselines: readonly Baseline[]
  readonly columns: readonly Column[]
  readonly charts: readonly Chart<V>[]
  readonly targets: readonly Target<V>[]
  readonly budget: Budget
  /** Peers so slow that they are tried in no more blocks than that. */
  readonly fewerBlocks?: { readonly peers: readonly PeerName[]; readonly blocks: number }
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[]
  variants(scope: Scope): readonly V[]
  /**
   * Makes what the trials need, once per run; a string that it gives or resolves to is one more note. Throws or rejects
   * with {@link LeftOut} where it cannot be had.
   */
  prepare(folder: string, variants: readonly V[]): unknown
  /** Runs in a process of the peer's own, which it shares only with the trials of the same block. */
  trial(peer: Peer, variant: V, conditions: Conditions): Promise<Trial>
}
