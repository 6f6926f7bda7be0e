import { describe } from '../contract/checks.ts'
import { writeAttribute } from './attributes.ts'
import { DEFINITION, type Stateful } from './contract.ts'
import { modelError } from './errors.ts'
import { refuseRelation } from './relations/fields.ts'

/** Gives a record's attributes values, all or none of them. What is undefined counts as not given. */
export function assign(record: Stateful, given: object): void {
  const { attributes, name: owner } = record[DEFINITION]
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw modelError('INVALID_MODEL', `attributes of ${owner} are given as an object, not as ${describe(given)}`)
  }
  for (const name of Object.keys(given)) refuseRelation(record, name)
  const found = Object.entries(given).map(([name, value]) => [attributes.get(name, owner), value] as const)
  for (const [attribute, value] of found) if (value !== undefined) writeAttribute(record, attribute, value)
}
