import { describe, invalidOption, NO_OPTIONS, ownOptions } from '../contract/checks.ts'
import { keep } from './adopt.ts'
import { checkWritable, writeAttribute } from './attributes.ts'
import { DEFINITION, type Stateful } from './contract.ts'
import { modelError } from './errors.ts'
import { refuseRelation } from './relations/fields.ts'
import { TableAttributes } from './table-attributes.ts'

/** What may be assigned. */
export interface AssignOptions<Name extends string = string> {
  /** The attributes that may be given: for values that came from elsewhere. All unless told. */
  readonly only?: readonly Name[]
}

/**
 * Gives a record's attributes values, all or none of them. What is undefined counts as not given. Where the columns are
 * those of the table, what is none of them stays on the record and is not written.
 */
export function assign(record: Stateful, given: object, options: AssignOptions = NO_OPTIONS): void {
  const { attributes, name: owner } = record[DEFINITION]
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw modelError('INVALID_MODEL', `attributes of ${owner} are given as an object, not as ${describe(given)}`)
  }
  const { only } = ownOptions(options, ['only'], 'assign')
  if (only !== undefined) checkOnly(owner, given, only)
  for (const name of Object.keys(given)) refuseRelation(record, name)
  const find = (name: string) =>
    attributes instanceof TableAttributes ? attributes.find(name) : attributes.get(name, owner)
  const named = Object.entries(given).map(([name, value]) => ({ name, value, attribute: find(name) }))
  const found = named.filter(({ value }) => value !== undefined)
  for (const { value, attribute } of found) if (attribute) checkWritable(record, attribute, value)
  for (const { name, value, attribute } of found) {
    if (attribute) writeAttribute(record, attribute, value)
    else keep(record, name, value)
  }
}

function checkOnly(owner: string, given: object, only: readonly string[]): void {
  if (!Array.isArray(only)) throw invalidOption(TypeError, `only must be an array of names, not ${describe(only)}`)
  const extra = Object.keys(given).find((name) => !only.includes(name))
  if (extra === undefined) return
  const message = `${JSON.stringify(extra)} of ${owner} cannot be assigned here: only ${only.join(', ')} can`
  throw modelError('NOT_ASSIGNABLE', message)
}
