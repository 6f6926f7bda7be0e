import { type Expression, type RawBuilder, sql } from '../../sql/index.ts'
import type { Shape } from '../statement.ts'
import { type Condition, Fragment, ref, type Writing } from './condition.ts'
import { asNumber, isNumberAsText } from './decimals.ts'
import { describeJoins, writeJoins } from './joins.ts'
import { type By, isSlice, type Plan } from './plan.ts'

/** What stands for no limit where an offset needs one. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

/** Describes which rows a plan means, in the order in which {@link writeRows} writes it. */
export function describeRows(plan: Plan, shape: Shape): void {
  shape.add(plan.definition.table)
  describeJoins(plan.joins, shape)
  describeConditions('where', plan.conditions, shape)
  if (plan.group.length > 0) shape.add(`group ${plan.group.length}`)
  for (const by of plan.group) describeBy(by, shape)
  describeConditions('having', plan.having, shape)
  if (plan.order.length > 0) shape.add(`order ${plan.order.length}`)
  for (const { by, descending } of plan.order) {
    shape.add(`${isNumber(by, shape) ? 'number ' : ''}${descending ? 'desc' : 'asc'}`)
    describeBy(by, shape)
    if (!(by instanceof Fragment) && by.settings.nullable) shape.add('nullable')
  }
  if (isSlice(plan)) {
    shape.add(plan.offset === 0 ? 'limit' : 'limit and offset')
    shape.values.push(plan.limit ?? UNLIMITED)
    if (plan.offset > 0) shape.values.push(plan.offset)
  }
  if (locks(plan, shape)) shape.add('for update')
}

/** Writes which rows a plan means: `from` and what follows it. */
export function writeRows(plan: Plan, writing: Writing): RawBuilder<unknown> {
  return sql` from ${sql.id(plan.definition.table)}${writeJoins(plan.joins, writing)}${whereOf(plan, writing)}${list(
    ' group by ',
    plan.group.map((by) => writeBy(by, writing)),
    ', ',
  )}${list(
    ' having ',
    plan.having.map((condition) => condition.write(writing)),
    ' and ',
  )}${orderOf(plan, writing)}${limitOf(plan, writing)}${locking(plan, writing)}`
}

/** Writes what rows must fulfil, if there is anything. */
export function whereOf({ conditions }: Pick<Plan, 'conditions'>, writing: Writing): RawBuilder<unknown> {
  const written = conditions.map((condition) => condition.write(writing))
  return list(' where ', written, ' and ')
}

/** What rows are sorted or grouped by. */
export function writeBy(by: By, writing: Writing): Expression<unknown> {
  return by instanceof Fragment ? by.write() : ref(by, writing)
}

export function describeBy(by: By, shape: Shape): void {
  if (by instanceof Fragment) by.describe(shape)
  else shape.add(by.column)
}

export function orderOf({ order }: Pick<Plan, 'order'>, writing: Writing): RawBuilder<unknown> {
  const written = order.map(({ by, descending }) => {
    const expression = writeBy(by, writing)
    const sorted = isNumber(by, writing) ? asNumber(expression) : expression
    return sql`${sorted}${sql.raw(descending ? ' desc' : '')}${sql.raw(nullsOf(by, descending, writing))}`
  })
  return list(' order by ', written, ', ')
}

// Null is less than all else, as it is for SQLite and MySQL. What is written by hand says so itself.
function nullsOf(by: By, descending: boolean, { dialect }: Pick<Writing, 'dialect'>): string {
  if (dialect !== 'postgres' || by instanceof Fragment || !by.settings.nullable) return ''
  return descending ? ' nulls last' : ' nulls first'
}

function isNumber(by: By, { dialect }: Pick<Writing, 'dialect'>): boolean {
  return !(by instanceof Fragment) && isNumberAsText(by, dialect)
}

/** Describes conditions, of which `word` says what they are for. */
export function describeConditions(word: string, conditions: readonly Condition[], shape: Shape): void {
  if (conditions.length === 0) return
  shape.add(`${word} ${conditions.length}`)
  for (const condition of conditions) condition.describe(shape)
}

function limitOf(plan: Plan, { place }: Writing): RawBuilder<unknown> {
  if (!isSlice(plan)) return sql``
  return plan.offset === 0 ? sql` limit ${place()}` : sql` limit ${place()} offset ${place()}`
}

// What a left join may give nothing for PostgreSQL does not lock: only rows of the table itself are meant.
function locking(plan: Plan, writing: Writing): RawBuilder<unknown> {
  if (!locks(plan, writing)) return sql``
  return writing.dialect === 'postgres' ? sql` for update of ${sql.id(writing.table)}` : sql` for update`
}

// SQLite has no such clause and needs none: whoever writes there has the whole database.
function locks({ forUpdate }: Plan, { dialect }: Pick<Writing, 'dialect'>): boolean {
  return forUpdate && dialect !== 'sqlite'
}

function list(word: string, parts: readonly Expression<unknown>[], separator: string): RawBuilder<unknown> {
  if (parts.length === 0) return sql``
  return sql`${sql.raw(word)}${sql.join(parts, sql.raw(separator))}`
}
