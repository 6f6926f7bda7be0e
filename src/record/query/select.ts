import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { bear } from '../birth.ts'
import { afterInit } from '../callbacks/init.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import type { NextPlace } from '../statement.ts'
import { Shape, type Statement } from '../statement.ts'
import { ref, type Writing } from './condition.ts'
import type { Plan } from './plan.ts'
import { describeRows, rowsOf } from './rows.ts'

/** The records that a plan means. */
export async function selectRecords(plan: Plan): Promise<Stateful[]> {
  if (plan.limit === 0) return []
  const { statement, values } = selection(plan)
  const rows = await plan.definition.database.query(statement, values)
  const records = recordsOf(plan, rows)
  await loadIncluded(plan, records)
  const initializing = afterInit(records)
  if (initializing) await initializing
  return records
}

/** The statement that reads what a plan selects, and its values. */
export function selection(plan: Plan): { readonly statement: Statement; readonly values: readonly unknown[] } {
  const { definition, selected, distinct } = plan
  const shape = new Shape(`select ${distinct ? 'distinct ' : ''}${definition.table}\u0000`)
  if (selected) shape.add(selected.map(({ column }) => JSON.stringify(column)).join())
  describeRows(plan, shape)
  const { database } = definition
  const statement = database.statement(shape, (place) => write(plan, place))
  return { statement, values: shape.values }
}

function write(plan: Plan, place: NextPlace): RawBuilder<unknown> {
  const { table, attributes } = plan.definition
  const writing: Writing = { table, place }
  const columns = [...(plan.selected ?? attributes)].map((attribute) => ref(attribute, writing))
  const distinct = sql.raw(plan.distinct ? 'distinct ' : '')
  return sql`select ${distinct}${sql.join(columns)} from ${sql.id(table)}${rowsOf(plan, writing)}`
}

/** Makes records of rows. They know of each other: what one of them lazily loads is loaded for all. */
export function recordsOf({ definition, selected }: Plan, rows: unknown[][]): Stateful[] {
  const { model, attributes } = definition
  const records: Stateful[] = []
  const peers = rows.length > 1 ? records : null
  for (const row of rows) records.push(bear(model, selected ? spread(row, selected, attributes.size) : row, peers))
  return records
}

async function loadIncluded({ definition, includes }: Plan, records: readonly Stateful[]): Promise<void> {
  if (records.length === 0) return
  for (const [name, nested] of includes) await definition.relations.get(name)?.load(records, nested)
}

function spread(row: readonly Slot[], selected: readonly Attribute[], size: number): Slot[] {
  const slots: Slot[] = new Array(size).fill(LEFT_OUT)
  selected.forEach(({ index }, at) => {
    slots[index] = row[at]
  })
  return slots
}
