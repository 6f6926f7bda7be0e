import type { FigureName } from './figure-names.ts'
import type { Variant } from './scenario.ts'

/** A picture of one figure: a group of bars per variant, or lines over a number that the variants vary. */
export interface Chart<V extends Variant = Variant> {
  readonly figure: FigureName
  readonly title: string
  readonly logarithmic?: boolean
  /** Bars unless given. */
  readonly line?: Line<V>
}

export interface Line<V extends Variant> {
  readonly axis: string
  readonly logarithmic?: boolean
  /** The variant's place on the horizontal axis; null when the chart is not about it. */
  at(variant: V): number | null
}
