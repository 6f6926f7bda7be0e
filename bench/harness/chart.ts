import type { FigureName } from './figure-names.ts'

/** A picture of one figure: a group of bars per variant, or lines over the number that the variants vary. */
export interface Chart {
  readonly figure: FigureName
  readonly title: string
  readonly logarithmic?: boolean
  /** Bars unless given: for a variant's name, its line and its place on the horizontal axis; null leaves it out. */
  readonly line?: { readonly axis: string; at(variant: string): { series: string; x: number } | null }
}
