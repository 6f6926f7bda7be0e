import { type RawBuilder, sql } from '../../sql/index.ts'
import { modelError } from '../errors.ts'
import type { Writing } from '../query/condition.ts'
import { isSlice, type Plan } from '../query/plan.ts'
import { describeRows, whereOf, writeRows } from '../query/rows.ts'
import type { Shape } from '../statement.ts'

/** Whether more than conditions on the table itself says which rows are meant. */
function isPart(plan: Plan): boolean {
  return isSlice(plan) || plan.joins.length > 0
}

/** Describes the rows that a plan means, for a statement that changes them. */
export function describeChanged(plan: Plan, shape: Shape): void {
  shape.add(isPart(plan) ? 'part' : 'all')
  describeRows(meant(plan), shape)
}

/**
 * Writes which rows a statement changes. Neither an order nor a limit nor a join can stand there: the rows of such a
 * plan are chosen by their keys.
 */
export function changedRows(plan: Plan, writing: Writing): RawBuilder<unknown> {
  if (!isPart(plan)) return whereOf(plan, writing)
  const { table, attributes, name } = plan.definition
  if (attributes.key.length === 0) {
    throw modelError('INVALID_QUERY', `${name} has no key by which a limited number of its rows could be changed`)
  }
  const columns = attributes.key.map(({ column }) => sql.id(table, column))
  const chosen = sql`select ${sql.join(columns)}${writeRows(plan, writing)}`
  const key = columns.length === 1 ? columns[0] : sql`(${sql.join(columns)})`
  return sql` where ${key} in (select * from (${chosen}) as part)`
}

function meant(plan: Plan): Plan {
  return isPart(plan) ? plan : { ...plan, order: [] }
}
