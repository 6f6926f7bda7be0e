import { describe, invalidOption } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Includes } from '../contract.ts'
import type { Condition, Fragment } from './condition.ts'
import type { Join } from './joins.ts'

/** By what rows are sorted or grouped: an attribute, or an expression written by hand. */
export type By = Attribute | Fragment

/** By what rows are sorted, one after the other. */
export interface Ordering {
  readonly by: By
  readonly descending: boolean
}

/** What a query asks for. It never changes: each refinement is another one. */
export interface Plan {
  readonly definition: Definition
  /** Means no row, whatever else it says, and nobody is asked. */
  readonly nothing: boolean
  readonly joins: readonly Join[]
  readonly conditions: readonly Condition[]
  readonly group: readonly By[]
  readonly having: readonly Condition[]
  readonly order: readonly Ordering[]
  readonly limit: number | null
  readonly offset: number
  /** The attributes that are read; null for all. */
  readonly selected: readonly Attribute[] | null
  readonly distinct: boolean
  /** Nobody else is to change the rows before the transaction has ended. */
  readonly forUpdate: boolean
  readonly includes: Includes
  /** The records load no relation by themselves. */
  readonly strict: boolean
  /** Of a plan that goes on from a query on which a scope was called: of which call. */
  readonly start: symbol | null
}

export function wholeTable(definition: Definition): Plan {
  return {
    definition,
    nothing: false,
    joins: [],
    conditions: definition.inheritance?.conditionsFor(definition) ?? [],
    group: [],
    having: [],
    order: [],
    limit: null,
    offset: 0,
    selected: null,
    distinct: false,
    forUpdate: false,
    includes: new Map(),
    strict: definition.strict,
    start: null,
  }
}

/** Whether it is known without asking that a plan means no row. */
export function isEmpty({ nothing, limit }: Plan): boolean {
  return nothing || limit === 0
}

/** Whether a plan means a part of the rows that fulfil its conditions. */
export function isSlice({ limit, offset }: Plan): boolean {
  return limit !== null || offset > 0
}

/** The rows from `start` to before `end` of those that a plan means. */
export function slice(plan: Plan, start: number, end: number | null): Plan {
  const rest = plan.limit === null ? null : Math.max(0, plan.limit - start)
  const wanted = end === null ? null : Math.max(0, end - start)
  const limit = rest === null ? wanted : wanted === null ? rest : Math.min(rest, wanted)
  return { ...plan, limit, offset: plan.offset + start }
}

/** A number of rows, as a caller gave it. */
export function checkCount(name: string, count: unknown, least = 0): number {
  if (Number.isSafeInteger(count) && (count as number) >= least) return count as number
  const given = typeof count === 'number' ? String(count) : describe(count)
  throw invalidOption(RangeError, `${name} must be a whole number of at least ${least}, not ${given}`)
}
