import { describe, invalidOption, NO_OPTIONS, ownOptions } from '../contract/checks.ts'
import { keep } from './adopt.ts'
import { checkWritable, putAttribute } from './attributes.ts'
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
  const names = Object.keys(given)
  const found = names.map((name) => attributes.find(name))
  if (found.includes(undefined)) refuseUnknown(record, names)
  const values: unknown[] = Object.values(given)
  for (const [at, value] of values.entries()) {
    const attribute = found[at]
    if (attribute && value !== undefined) checkWritable(record, attribute, value)
  }
  for (const [at, value] of values.entries()) {
    const attribute = found[at]
    if (value === undefined) continue
    if (attribute) putAttribute(record, attribute, value)
    else keep(record, names[at] as string, value)
  }
}

function refuseUnknown(record: Stateful, names: readonly string[]): void {
  const { attributes, name: owner } = record[DEFINITION]
  for (const name of names) refuseRelation(record, name)
  if (attributes instanceof TableAttributes) return
  for (const name of names) attributes.get(name, owner)
}

function checkOnly(owner: string, given: object, only: readonly string[]): void {
  if (!Array.isArray(only)) throw invalidOption(TypeError, `only must be an array of names, not ${describe(only)}`)
  const extra = Object.keys(given).find((name) => !only.includes(name))
  if (extra === undefined) return
  const message = `${JSON.stringify(extra)} of ${owner} cannot be assigned here: only ${only.join(', ')} can`
  throw modelError('NOT_ASSIGNABLE', message)
}
