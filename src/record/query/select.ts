import { afterInit } from '../callbacks/init.ts'
import type { Slot, Stateful } from '../contract.ts'
import { inSchema } from '../schema/load.ts'
import { recordsOf } from './hydrate.ts'
import { isEmpty, type Plan } from './plan.ts'
import { selection } from './selection.ts'

export { selection } from './selection.ts'

/** The records that a plan means. */
export async function selectRecords(plan: Plan): Promise<Stateful[]> {
  return isEmpty(plan) ? [] : await inSchema(plan.definition, () => read(plan))
}

async function read(plan: Plan): Promise<Stateful[]> {
  const { statement, values } = selection(plan)
  return await recordsFrom(plan, await plan.definition.database.query(statement, values))
}

/** The records of these rows, with the relations that a plan asks for. */
export async function recordsFrom(plan: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const records = await recordsOf(plan, rows)
  await loadIncluded(plan, records)
  await afterInit(records)
  return records
}

/** Loads the relations that a plan asks for. */
export async function loadIncluded({ definition, includes }: Plan, records: readonly Stateful[]): Promise<void> {
  if (records.length === 0) return
  for (const [name, nested] of includes) await definition.relations.get(name)?.load(records, nested)
}
