import { describe } from '../contract/checks.ts'
import { keep } from './adopt.ts'
import { writeAttribute } from './attributes.ts'
import { DEFINITION, type Stateful } from './contract.ts'
import { modelError } from './errors.ts'
import { TableAttributes } from './table-attributes.ts'

/**
 * Gives a record's attributes values, all or none of them. What is undefined counts as not given. Where the columns are
 * those of the table, what is none of them stays on the record and is not written.
 */
export function assign(record: Stateful, given: object): void {
  const { attributes, name: owner } = record[DEFINITION]
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw modelError('INVALID_MODEL', `attributes of ${owner} are given as an object, not as ${describe(given)}`)
  }
  const find = (name: string) =>
    attributes instanceof TableAttributes ? attributes.find(name) : attributes.get(name, owner)
  const found = Object.entries(given).map(([name, value]) => ({ name, value, attribute: find(name) }))
  for (const { name, value, attribute } of found) {
    if (value === undefined) continue
    if (attribute) writeAttribute(record, attribute, value)
    else keep(record, name, value)
  }
}
