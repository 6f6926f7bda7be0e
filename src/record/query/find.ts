import { describe } from '../../contract/checks.ts'
import { encoded } from '../attributes.ts'
import type { Definition, Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { loadSchema } from '../schema/load.ts'
import { Compared, type Condition } from './condition.ts'
import { wholeTable } from './plan.ts'
import { selectRecords } from './select.ts'

/** The record with this key, or null. */
export async function findByKey(definition: Definition, key: unknown): Promise<Stateful | null> {
  await loadSchema(definition)
  const conditions = keyConditions(definition, key)
  const [record] = await selectRecords({ ...wholeTable(definition), conditions })
  return record ?? null
}

/** That a row has this key. */
export function keyConditions({ name, attributes: { key } }: Definition, given: unknown): Condition[] {
  const values = Array.isArray(given) ? given : [given]
  if (key.length === 0) throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
  if (values.length !== key.length || values.some((value) => value === null || value === undefined)) {
    const wanted = key.map((attribute) => attribute.name).join(', ')
    throw modelError('INVALID_QUERY', `a key of ${name} is a value for ${wanted}, not ${describe(given)}`)
  }
  return key.map((attribute, at) => new Compared(attribute, '=', encoded(name, attribute, values[at])))
}
