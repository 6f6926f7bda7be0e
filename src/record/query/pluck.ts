import type { Attribute } from '../attribute-list.ts'
import { decodedSlot } from '../attributes.ts'
import type { Slot } from '../contract.ts'
import { modelError } from '../errors.ts'
import { isEmpty, type Plan } from './plan.ts'
import { selection } from './selection.ts'
import { replaceInSlices } from './slices.ts'

/** The values of one attribute of the rows that a plan means; of several, a tuple for each row. */
export async function pluckValues(plan: Plan, names: readonly string[]): Promise<unknown[]> {
  return await valuesOf(plan, attributesOf(plan, names))
}

/** The keys of the rows that a plan means: tuples where the key has several attributes. */
export async function pluckKeys(plan: Plan): Promise<unknown[]> {
  const { attributes, name } = plan.definition
  if (attributes.key.length > 0) return await valuesOf(plan, attributes.key)
  throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
}

/** The attributes of these names. */
export function attributesOf({ definition }: Pick<Plan, 'definition'>, names: readonly string[]): Attribute[] {
  const { attributes, name: owner } = definition
  if (names.length === 0) throw modelError('INVALID_QUERY', `name at least one attribute of ${owner}`)
  return names.map((name) => attributes.get(name, owner))
}

async function valuesOf(plan: Plan, selected: readonly Attribute[]): Promise<unknown[]> {
  if (isEmpty(plan)) return []
  const { database, name: owner } = plan.definition
  const { statement, values } = selection({ ...plan, selected })
  const rows: Slot[][] = await database.query(statement, values)
  const [only, another] = selected
  if (only && !another) return await replaceInSlices(rows, ([raw]) => decodedSlot(owner, only, raw))
  return await replaceInSlices(rows, (row) => selected.map((attribute, at) => decodedSlot(owner, attribute, row[at])))
}
