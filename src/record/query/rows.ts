import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Shape } from '../statement.ts'
import { ref, type Writing } from './condition.ts'
import type { Plan } from './plan.ts'

/** What stands for no limit where an offset needs one. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

/** Describes which rows a plan means, in the order in which {@link rowsOf} writes it. */
export function describeRows({ conditions, order, limit, offset }: Plan, shape: Shape): void {
  for (const condition of conditions) condition.describe(shape)
  for (const { by, descending } of order) {
    shape.add(descending ? 'desc' : 'asc')
    if ('column' in by) shape.add(by.column)
    else by.describe(shape)
  }
  if (limit === null && offset === 0) return
  shape.add('limit')
  shape.values.push(limit ?? UNLIMITED, offset)
}

/** Writes which rows a plan means: what follows the name of the table. */
export function rowsOf(plan: Plan, writing: Writing): RawBuilder<unknown> {
  return sql`${whereOf(plan, writing)}${orderOf(plan, writing)}${limitOf(plan, writing)}`
}

export function whereOf({ conditions }: Pick<Plan, 'conditions'>, writing: Writing): RawBuilder<unknown> {
  if (conditions.length === 0) return sql``
  const written = conditions.map((condition) => condition.write(writing))
  return sql` where ${sql.join(written, sql` and `)}`
}

function orderOf({ order }: Plan, writing: Writing): RawBuilder<unknown> {
  if (order.length === 0) return sql``
  const written = order.map(({ by, descending }) => {
    const expression = 'column' in by ? ref(by, writing) : by.write(writing)
    return sql`${expression}${sql.raw(descending ? ' desc' : '')}`
  })
  return sql` order by ${sql.join(written)}`
}

function limitOf({ limit, offset }: Plan, { place }: Writing): RawBuilder<unknown> {
  return limit === null && offset === 0 ? sql`` : sql` limit ${place()} offset ${place()}`
}
