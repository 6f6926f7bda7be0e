import { DEFINITION, type Definition, type Stateful } from '../contract.ts'
import { type ModelError, modelError } from '../errors.ts'
import { Handle } from './handle.ts'

/** Throws if a field that holds a relation was given something else: what it leads to is changed by its methods. */
export function checkFields(record: Stateful): void {
  const definition = record[DEFINITION]
  if (definition.planned.length === 0) return
  const fields = record as unknown as Record<string, unknown>
  for (const name of definition.relations.keys()) {
    const held = fields[name]
    if (!(held instanceof Handle) || held.record !== record) throw assigned(definition, name)
  }
}

/** Throws if this is the name of a relation, which no attribute is. */
export function refuseRelation(record: Stateful, name: string): void {
  const { attributes } = record[DEFINITION]
  if (attributes.find(name)) return
  if (record[DEFINITION].relations.has(name)) throw assigned(record[DEFINITION], name)
}

function assigned({ name: owner }: Definition, name: string): ModelError {
  const message = `${owner}.${name} is a relation and cannot be assigned: use .set(), as in record.${name}.set(...)`
  return modelError('ASSIGNED_RELATION', message)
}
