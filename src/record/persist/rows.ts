import { type RawBuilder, sql } from '../../sql/index.ts'
import { modelError } from '../errors.ts'
import type { Writing } from '../query/condition.ts'
import type { Plan } from '../query/plan.ts'
import { describeRows, rowsOf, whereOf } from '../query/rows.ts'
import type { Shape } from '../statement.ts'

/** Whether only some of the rows that fulfil the conditions are meant. */
function isPart({ limit, offset }: Plan): boolean {
  return limit !== null || offset > 0
}

/** Describes the rows that a plan means, for a statement that changes them. */
export function describeChanged(plan: Plan, shape: Shape): void {
  shape.add(isPart(plan) ? 'part' : 'all')
  describeRows(meant(plan), shape)
}

/**
 * Writes which rows a statement changes. Neither an order nor a limit can stand there: where a plan has a limit, its rows
 * are chosen by their keys.
 */
export function changedRows(plan: Plan, writing: Writing): RawBuilder<unknown> {
  if (!isPart(plan)) return whereOf(plan, writing)
  const { table, attributes, name } = plan.definition
  if (attributes.key.length === 0) {
    throw modelError('INVALID_QUERY', `${name} has no key by which a limited number of its rows could be changed`)
  }
  const columns = attributes.key.map(({ column }) => sql.id(column))
  const chosen = sql`select ${sql.join(columns)} from ${sql.id(table)}${rowsOf(plan, writing)}`
  const key = columns.length === 1 ? columns[0] : sql`(${sql.join(columns)})`
  return sql` where ${key} in (select * from (${chosen}) as part)`
}

function meant(plan: Plan): Plan {
  return isPart(plan) ? plan : { ...plan, order: [] }
}
