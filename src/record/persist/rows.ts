import { type RawBuilder, sql } from '../../sql/index.ts'
import { modelError } from '../errors.ts'
import type { Writing } from '../query/condition.ts'
import { isSlice, type Plan } from '../query/plan.ts'
import { describeRows, whereOf } from '../query/rows.ts'
import { writeSelection } from '../query/selection.ts'
import type { Shape } from '../statement.ts'

/** Whether rows are meant by more than conditions of their own. */
function isPart(plan: Plan): boolean {
  const { joins, group, having, distinct } = plan
  return isSlice(plan) || joins.length > 0 || group.length > 0 || having.length > 0 || distinct
}

/** Describes the rows that a plan means, for a statement that changes them. */
export function describeChanged(plan: Plan, shape: Shape): void {
  shape.add(isPart(plan) ? `part ${plan.distinct} ${plan.definition.attributes.mark}` : 'all')
  describeRows(meant(plan), shape)
}

/**
 * Writes which rows a statement changes. Neither an order nor a limit can stand there: where a plan has a limit or
 * joins, its rows are chosen by their keys.
 */
export function changedRows(plan: Plan, writing: Writing): RawBuilder<unknown> {
  if (!isPart(plan)) return whereOf(plan, writing)
  const { attributes, name } = plan.definition
  if (attributes.key.length === 0) {
    throw modelError('INVALID_QUERY', `${name} has no key by which a limited number of its rows could be changed`)
  }
  const columns = attributes.key.map(({ column }) => sql.id(column))
  const chosen = writeSelection({ ...plan, selected: attributes.key, forUpdate: false }, writing)
  const key = columns.length === 1 ? columns[0] : sql`(${sql.join(columns)})`
  return sql` where ${key} in (select * from (${chosen}) as part)`
}

function meant(plan: Plan): Plan {
  return { ...plan, order: isPart(plan) ? plan.order : [], forUpdate: false }
}
