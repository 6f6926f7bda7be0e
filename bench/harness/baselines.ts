import type { PeerName } from '../peers/index.ts'
import { type FigureName, type Figures, figureNames, moreIsBetter } from './figure-names.ts'
import type { Baseline, Trial } from './scenario.ts'
import { spread } from './summary.ts'

/** All trials of one variant, by peer, in the order of the blocks. */
export type TrialsByPeer = ReadonlyMap<PeerName, readonly Trial[]>

/**
 * The figures, block by block, that others are divided by: for each figure those of the baseline's best peer, or the sum
 * over its peers. Empty when none of them (of a sum: not all) was tried.
 */
export function baselineFigures(baseline: Baseline, trials: TrialsByPeer): Figures[] {
  const lists = baseline.peers.flatMap((peer) => {
    const list = trials.get(peer) ?? []
    return list.length === 0 ? [] : [list.map(({ figures }) => figures)]
  })
  const blocks = Math.min(...lists.map((list) => list.length))
  if (lists.length === 0 || (baseline.sum && lists.length < baseline.peers.length)) return []
  const combine = baseline.sum ? summed : best
  return Array.from({ length: blocks }, (_, block) => combine(lists, block))
}

function best(lists: readonly Figures[][], block: number): Figures {
  return eachFigure((name) => bestOf(lists, name)?.[block]?.[name])
}

function bestOf(lists: readonly Figures[][], name: FigureName): Figures[] | undefined {
  const middle = (list: Figures[]) => spread(list.map((figures) => figures[name] as number)).median
  const measured = lists.filter((list) => list[0]?.[name] !== undefined)
  const [first, ...others] = measured.toSorted((a, b) => middle(a) - middle(b))
  return moreIsBetter(name) ? (others.at(-1) ?? first) : first
}

function summed(lists: readonly Figures[][], block: number): Figures {
  return eachFigure((name) => {
    const values = lists.map((list) => list[block]?.[name])
    return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0)
  })
}

function eachFigure(measured: (name: FigureName) => number | undefined): Figures {
  const figures: Partial<Record<FigureName, number>> = {}
  for (const name of figureNames) {
    const value = measured(name)
    if (value !== undefined) figures[name] = value
  }
  return figures
}
