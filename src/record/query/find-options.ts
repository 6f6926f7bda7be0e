import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import type { Columns } from '../columns/column.ts'
import type { AttributeName, OrderBy, Where } from '../types.ts'
import { addIncludes } from './includes.ts'
import { orderingOf } from './order.ts'
import { checkCount, type Plan } from './plan.ts'
import { attributesOf } from './pluck.ts'
import { conditionOf } from './where.ts'

/** What to find, in one object. */
export interface FindOptions<C extends Columns> {
  readonly where?: Where<C> | undefined
  /** At most so many; with a second number, without the first so many. A limit of 1 alone finds one record or null. */
  readonly limit?: number | readonly [limit: number, offset: number]
  readonly offset?: number
  readonly orderBy?: OrderBy<C> | readonly OrderBy<C>[]
  /** One row for each group of rows that have these attributes in common. */
  readonly group?: AttributeName<C> | readonly AttributeName<C>[]
  /** The names of relations that are loaded too. */
  readonly include?: string | readonly string[]
}

const KNOWN = ['where', 'limit', 'offset', 'orderBy', 'group', 'include'] as const

/** What was asked for: the plan, and whether one record is wanted, not a list. */
export interface Asked {
  readonly plan: Plan
  readonly one: boolean
}

/** What a plan means once these options were heard. */
export function withOptions(plan: Plan, given: object, known: readonly string[] = KNOWN): Asked {
  const own = ownOptions(given as FindOptions<Columns>, known, 'find')
  const { definition, conditions, joins, order, includes } = plan
  const { where } = own
  const [limit, offset] = windowOf(own)
  return {
    plan: {
      ...plan,
      conditions: where === undefined ? conditions : [...conditions, conditionOf(definition, where, joins)],
      group: own.group === undefined ? plan.group : attributesOf(plan, listOf(own.group)),
      order: [...order, ...listOf(own.orderBy).map((by) => orderingOf(definition, by))],
      limit: limit ?? plan.limit,
      offset: offset ?? plan.offset,
      includes: addIncludes(definition, includes, listOf(own.include)),
    },
    one: own.limit === 1 && own.offset === undefined,
  }
}

function windowOf({ limit, offset }: FindOptions<Columns>): readonly [limit: number | null, offset: number | null] {
  const own = offset === undefined ? null : checkCount('offset', offset)
  if (!Array.isArray(limit)) return [limit === undefined ? null : checkCount('limit', limit), own]
  if (limit.length !== 2 || own !== null) {
    const given = own === null ? describe(limit) : 'an array beside an offset'
    throw invalidOption(TypeError, `limit is a number or a pair of limit and offset, not ${given}`)
  }
  return [checkCount('limit', limit[0]), checkCount('offset', limit[1])]
}

function listOf<T>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return []
  return Array.isArray(given) ? given : [given as T]
}
