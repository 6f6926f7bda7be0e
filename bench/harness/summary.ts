import { type FigureName, type Figures, figureNames } from './figure-names.ts'

/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One spread for each figure that was measured. */
export type Summary = Readonly<Partial<Record<FigureName, Spread>>>

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = at(sorted, middle)
  const median = sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2
  return { median, min: at(sorted, 0), max: at(sorted, sorted.length - 1) }
}

export function summarize(trials: readonly Figures[]): Summary {
  return eachFigure(trials, (name) => valuesOf(trials, name))
}

/**
 * Ratios block by block, since what slows the machine for a while slows both sides. Both lists are in block order; if
 * one is shorter, it was tried in the first blocks only.
 */
export function ratios(trials: readonly Figures[], baseline: readonly Figures[]): Summary {
  return eachFigure(trials, (name) => {
    const divisors = valuesOf(baseline, name)
    // A baseline that never stood still would make every other infinitely worse.
    if (divisors.length === 0 || divisors.includes(0)) return []
    const values = valuesOf(trials, name).slice(0, divisors.length)
    return values.map((value, block) => value / at(divisors, block))
  })
}

function eachFigure(trials: readonly Figures[], valuesOfFigure: (name: FigureName) => number[]): Summary {
  const summary: Partial<Record<FigureName, Spread>> = {}
  for (const name of figureNames) {
    if (trials[0]?.[name] === undefined) continue
    const values = valuesOfFigure(name)
    if (values.length > 0) summary[name] = spread(values)
  }
  return summary
}

function valuesOf(trials: readonly Figures[], name: FigureName): number[] {
  return trials.map((figures) => figures[name]).filter((value) => value !== undefined)
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`No measurement at ${index} of ${list.length}`)
  return item
}
