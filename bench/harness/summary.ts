import { type Figures, figureNames } from './figures.ts'

/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One spread for each figure. */
export type Summary = Readonly<Record<keyof Figures, Spread>>

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = at(sorted, middle)
  const median = sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2
  return { median, min: at(sorted, 0), max: at(sorted, sorted.length - 1) }
}

export function summarize(trials: readonly Figures[]): Summary {
  return eachFigure((name) => spread(trials.map((figures) => figures[name])))
}

/** Ratios block by block, since what slows the machine for a while slows both sides. Both lists are in block order. */
export function ratios(trials: readonly Figures[], baseline: readonly Figures[]): Summary {
  return eachFigure((name) => spread(trials.map((figures, block) => figures[name] / at(baseline, block)[name])))
}

function eachFigure(spreadOf: (name: keyof Figures) => Spread): Summary {
  return Object.fromEntries(figureNames.map((name) => [name, spreadOf(name)])) as Record<keyof Figures, Spread>
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`No measurement at ${index} of ${list.length}`)
  return item
}
