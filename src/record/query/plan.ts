import { invalidOption } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Includes } from '../contract.ts'
import type { Condition } from './condition.ts'

/** By what rows are sorted, one after the other. */
export interface Ordering {
  /** An attribute, or an expression written by hand. */
  readonly by: Attribute | Condition
  readonly descending: boolean
}

/** What a query asks for. It never changes: each refinement is another one. */
export interface Plan {
  readonly definition: Definition
  readonly conditions: readonly Condition[]
  readonly order: readonly Ordering[]
  readonly limit: number | null
  readonly offset: number
  /** The attributes that are read; null for all. */
  readonly selected: readonly Attribute[] | null
  readonly distinct: boolean
  readonly includes: Includes
  /** The records load no relation by themselves. */
  readonly strict: boolean
}

export function wholeTable(definition: Definition): Plan {
  return {
    definition,
    conditions: [],
    order: [],
    limit: null,
    offset: 0,
    selected: null,
    distinct: false,
    includes: new Map(),
    strict: definition.strict,
  }
}

/** A number of rows, as a caller gave it. */
export function checkCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw invalidOption(RangeError, `${name} must be a whole number of at least 0, not ${String(count)}`)
}
