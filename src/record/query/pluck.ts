import { decodedSlot } from '../attributes.ts'
import { inSchema } from '../schema/load.ts'
import type { Plan } from './plan.ts'
import { selection } from './select.ts'

/** The values of one attribute of the rows that a plan means. */
export async function pluckValues(plan: Plan, name: string): Promise<unknown[]> {
  const { attributes, name: owner, database } = plan.definition
  const attribute = attributes.get(name, owner)
  if (plan.limit === 0) return []
  const rows = await inSchema(plan.definition, () => {
    const { statement, values } = selection({ ...plan, selected: [attribute] })
    return database.query(statement, values)
  })
  return rows.map(([raw]) => decodedSlot(owner, attribute, raw))
}
