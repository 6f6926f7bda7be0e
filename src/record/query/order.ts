import { describe } from '../../contract/checks.ts'
import type { RawBuilder } from '../../sql/index.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { isByHand } from './by-hand.ts'
import { Fragment } from './condition.ts'
import type { Ordering, Plan } from './plan.ts'

/** A direction in which rows are sorted: what `asc` and `desc` give, and nothing that came as JSON can be. */
export class Direction<out N> {
  readonly by: N | RawBuilder<unknown>
  readonly descending: boolean

  constructor(by: N | RawBuilder<unknown>, descending: boolean) {
    this.by = by
    this.descending = descending
  }
}

/** Sorts by an attribute or an expression, lowest first. */
export function asc(by: RawBuilder<unknown>): Direction<never>
export function asc<const N extends string>(by: N): Direction<N>
export function asc(by: string | RawBuilder<unknown>): Direction<string> {
  return new Direction(by, false)
}

/** Sorts by an attribute or an expression, highest first. */
export function desc(by: RawBuilder<unknown>): Direction<never>
export function desc<const N extends string>(by: N): Direction<N>
export function desc(by: string | RawBuilder<unknown>): Direction<string> {
  return new Direction(by, true)
}

/** Reads `name`, `-name`, `asc(...)`, `desc(...)` and SQL written by hand. */
export function orderingOf({ attributes, name: owner }: Definition, given: unknown): Ordering {
  if (isByHand(given)) return { by: new Fragment(given), descending: false }
  if (given instanceof Direction) return directed(attributes, owner, given)
  if (typeof given !== 'string') {
    const message = `orderBy takes names of attributes, asc(...), desc(...) and sql\`...\`, not ${describe(given)}`
    throw modelError('INVALID_QUERY', message)
  }
  const found = attributes.find(given)
  if (found) return { by: found, descending: false }
  const descending = given.startsWith('-')
  return { by: attributes.get(descending ? given.slice(1) : given, owner), descending }
}

function directed(
  attributes: Definition['attributes'],
  owner: string,
  { by, descending }: Direction<unknown>,
): Ordering {
  if (isByHand(by)) return { by: new Fragment(by), descending }
  if (typeof by === 'string') return { by: attributes.get(by, owner), descending }
  throw modelError('INVALID_QUERY', `asc and desc take the name of an attribute or sql\`...\`, not ${describe(by)}`)
}

/** The other way round; a plan without an order is sorted by its key. */
export function reversed(plan: Plan): Plan {
  const sorted = byKey(plan)
  return { ...sorted, order: sorted.order.map(({ by, descending }) => ({ by, descending: !descending })) }
}

/** Sorted by its key, unless it has an order of its own. What is distinct without a key is sorted by all of it. */
export function byKey(plan: Plan): Plan {
  if (plan.order.length > 0) return plan
  const { key } = plan.definition.attributes
  const { distinct, selected } = plan
  const by = distinct && selected && key.some((attribute) => !selected.includes(attribute)) ? selected : key
  return { ...plan, order: by.map((one) => ({ by: one, descending: false })) }
}
