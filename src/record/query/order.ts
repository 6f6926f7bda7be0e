import { describe } from '../../contract/checks.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Ordering, Plan } from './plan.ts'

/** Reads `name` and `-name`. */
export function orderingOf({ attributes, name: owner }: Definition, given: unknown): Ordering {
  if (typeof given !== 'string') {
    throw modelError('INVALID_QUERY', `orderBy takes names of attributes, not ${describe(given)}`)
  }
  const descending = given.startsWith('-')
  return { by: attributes.get(descending ? given.slice(1) : given, owner), descending }
}

export function reversed(plan: Plan): Plan {
  return { ...plan, order: plan.order.map(({ by, descending }) => ({ by, descending: !descending })) }
}
