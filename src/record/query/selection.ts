import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { Shape, type Statement } from '../statement.ts'
import { ref, type Writing } from './condition.ts'
import type { Plan } from './plan.ts'
import { describeRows, writeRows } from './rows.ts'

/** A statement and what stands for its places. */
export interface Asked {
  readonly statement: Statement
  readonly values: readonly unknown[]
}

/** The statement that reads what a plan selects. */
export function selection(plan: Plan): Asked {
  return asked('', plan, (writing) => writeSelection(plan, writing), describeSelection)
}

/** A statement on the rows that a plan means. `kind` tells it from all others that describe themselves in the same way. */
export function asked(
  kind: string,
  plan: Plan,
  write: (writing: Writing) => RawBuilder<unknown>,
  describe: (plan: Plan, shape: Shape) => void = describeRows,
): Asked {
  const { table, database } = plan.definition
  const { dialect } = database
  const shape = new Shape('query ', dialect)
  shape.add(kind)
  describe(plan, shape)
  const statement = database.statement(shape, (place) => write({ table, place, dialect }))
  return { statement, values: shape.values }
}

/** Describes what {@link writeSelection} writes. */
export function describeSelection(plan: Plan, shape: Shape): void {
  shape.add(plan.distinct ? 'select distinct' : 'select')
  const attributes = selected(plan)
  shape.add(`${attributes.length}`)
  for (const { column } of attributes) shape.add(column)
  describeRows(plan, shape)
}

/** Writes what a plan selects: the columns, and the rows. */
export function writeSelection(plan: Plan, writing: Writing): RawBuilder<unknown> {
  const own = { ...writing, table: plan.definition.table }
  const columns = selected(plan).map((attribute) => ref(attribute, own))
  return sql`select ${sql.raw(plan.distinct ? 'distinct ' : '')}${sql.join(columns)}${writeRows(plan, own)}`
}

/** The attributes that a plan reads, in the order of their columns in the statement. */
export function selected({ selected: some, definition }: Plan): readonly Attribute[] {
  return some ?? [...definition.attributes]
}
