import { storedOf } from '../attributes.ts'
import type { Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { loadSchema } from '../schema/load.ts'
import { Compared, type Condition, Joined } from './condition.ts'
import { byKey } from './order.ts'
import type { Plan } from './plan.ts'
import { selectRecords } from './select.ts'

/**
 * The records that a plan means, some at a time, by key: each batch is a query for what comes after the last key of the
 * one before. Between two nothing is held.
 */
export async function* batchesOf(plan: Plan, size: number): AsyncGenerator<Stateful[], void, undefined> {
  await loadSchema(plan.definition)
  checkBatches(plan)
  const { key } = plan.definition.attributes
  let rest = plan.limit ?? Number.POSITIVE_INFINITY
  let next: Plan = byKey(plan)
  while (rest > 0) {
    const wanted = Math.min(size, rest)
    const records = await selectRecords({ ...next, limit: wanted })
    const last = records.at(-1)
    if (!last) return
    const after = beyond(
      plan,
      key.map((attribute) => storedOf(last, attribute)),
    )
    const isLast = records.length < wanted
    rest -= records.length
    yield records
    if (isLast) return
    next = { ...next, offset: 0, conditions: [...plan.conditions, after] }
  }
}

function beyond({ definition }: Plan, values: readonly unknown[]): Condition {
  const { key } = definition.attributes
  const cases = key.map((attribute, at) => {
    const before = key.slice(0, at).map((earlier, place) => new Compared(earlier, '=', values[place]))
    return new Joined('and', [...before, new Compared(attribute, '>', values[at])])
  })
  return new Joined('or', cases)
}

function checkBatches({ definition, order, group, joins, selected, distinct }: Plan): void {
  const { attributes, name } = definition
  const { key } = attributes
  const why =
    key.length === 0
      ? `${name} has no key`
      : order.length > 0
        ? 'the query has an order of its own, which reorder() takes away'
        : group.length > 0
          ? 'the query has groups'
          : joins.length > 0 && !distinct
            ? 'the query joins relations, and could give a record twice: distinct() prevents that'
            : selected && key.some((attribute) => !selected.includes(attribute))
              ? 'the query does not select the key'
              : null
  if (why) throw modelError('INVALID_QUERY', `batches are read by key, but ${why}`)
}
