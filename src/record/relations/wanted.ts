import { describe, ownOptions } from '../../contract/checks.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { orderingOf } from '../query/order.ts'
import { checkCount, type Plan } from '../query/plan.ts'
import { conditionOf } from '../query/where.ts'

const ROWS = ['where', 'orderBy', 'limit', 'offset', 'joinWhere'] as const
const ANY = ['where', 'joinWhere'] as const

/** Which related records a caller wants, as he gave it. */
export interface GivenWanted {
  readonly where?: unknown
  readonly orderBy?: unknown
  readonly limit?: number
  readonly offset?: number
  readonly joinWhere?: unknown
}

/** Checks what a caller wants of rows. */
export function checkWanted(given: object, title: string): GivenWanted {
  return ownOptions(given, ROWS, title)
}

/** Checks what a caller wants to know of all rows together. */
export function checkWantedAny(given: object, title: string): GivenWanted {
  return ownOptions(given, ANY, title)
}

/** A plan for those rows of a plan that are wanted. What they are sorted by comes before what the plan says. */
export function narrowed(plan: Plan, { where, orderBy, limit, offset }: GivenWanted): Plan {
  const { definition, conditions, order } = plan
  return {
    ...plan,
    conditions: where === undefined ? conditions : [...conditions, conditionOf(definition, where)],
    order: [...orderings(definition, orderBy), ...order],
    limit: limit === undefined ? plan.limit : checkCount('limit', limit),
    offset: offset === undefined ? plan.offset : checkCount('offset', offset),
  }
}

function orderings(definition: Definition, given: unknown) {
  if (given === undefined) return []
  if (given === null) throw modelError('INVALID_QUERY', `orderBy takes names of attributes, not ${describe(given)}`)
  return (Array.isArray(given) ? given : [given]).map((name) => orderingOf(definition, name))
}
