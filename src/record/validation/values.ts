import { readAttribute } from '../attributes.ts'
import { DEFINITION, LEFT_OUT, SLOTS, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'

/** Stands for the value of an attribute that was not read: it is not written either, so nobody checks it. */
export const NOT_READ: unique symbol = Symbol('not read')

/** What a record has under a name: an attribute, or a field or accessor of its class. */
export function readValue(record: Stateful, name: string): unknown {
  const { attributes, relations, name: owner } = record[DEFINITION]
  const attribute = attributes.find(name)
  if (attribute && record[SLOTS][attribute.index] === LEFT_OUT) return NOT_READ
  if (!attribute && relations.has(name)) {
    throw modelError(
      'INVALID_VALIDATION',
      `${owner}.${name} is a relation: validate its key, or use validatesAssociated`,
    )
  }
  // Throws with the names that there are.
  if (!attribute && !(name in record)) attributes.get(name, owner)
  const value: unknown = Reflect.get(record, name)
  return (attribute && typeof value === 'function' ? readAttribute(record, attribute) : value) ?? null
}

/** What a record has for an attribute, whatever its class makes of the name. */
export function readOwn(record: Stateful, name: string): unknown {
  const { attributes, name: owner } = record[DEFINITION]
  const attribute = attributes.get(name, owner)
  return record[SLOTS][attribute.index] === LEFT_OUT ? NOT_READ : readAttribute(record, attribute)
}
