import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition } from '../contract.ts'
import { RecordStateError } from '../errors.ts'
import { keptOfNew } from './upkeep.ts'

/** A row that is to be inserted: values for some attributes. The database fills the others. */
export interface NewRow {
  readonly given: readonly Attribute[]
  readonly values: readonly Value[]
  readonly missing: readonly Attribute[]
  /** Which attributes are given: a bit for each. Says nothing where there are more of them than bits. */
  readonly bits: number
}

/**
 * Makes a row of the values that `raw` gives: undefined where there is none. Defaults of the model, and what its
 * records keep up by themselves, are added.
 *
 * @throws {RecordStateError} a key that nobody fills in, or attributes that are neither given nor may be null
 */
export function newRow(
  definition: Definition,
  raw: (attribute: Attribute) => Value | undefined,
  kept: ReadonlyMap<Attribute, Value> = keptOfNew(definition),
): NewRow {
  const given: Attribute[] = []
  const values: Value[] = []
  const missing: Attribute[] = []
  let bits = 0
  for (const attribute of definition.attributes) {
    const own = raw(attribute)
    const value = own ?? filledIn(definition, attribute, kept, own)
    if (value === undefined) missing.push(attribute)
    else {
      given.push(attribute)
      values.push(value)
      bits |= 1 << attribute.index
    }
  }
  const required = missing.filter(isRequired)
  if (required.length > 0) throw notGiven(definition, required)
  return { given, values, missing, bits }
}

// A key that is missing is one that the database counts up, or fills.
function isRequired({ settings: { nullable, primaryKey, databaseDefault } }: Attribute): boolean {
  return !nullable && !primaryKey && databaseDefault === null
}

function notGiven({ name }: Definition, required: readonly Attribute[]): RecordStateError {
  const names = required.map((attribute) => attribute.name).join(', ')
  const [what, it] = required.length === 1 ? ['is', 'it'] : ['are', 'they']
  const made = required.some(({ settings }) => settings.made) ? ', and no callback gave a value that is made()' : ''
  return new RecordStateError(
    `${name}.${names} ${what} missing: give ${it === 'it' ? 'it' : 'them'}, or declare that ${it} may be null (nullable()) or who fills in what is not given (default(), databaseDefault())${made}`,
    { code: 'MISSING_ATTRIBUTE', kind: 'usage', columns: required.map(({ column }) => column) },
  )
}

// Null was given, and stays, but for a key that the database counts up.
function filledIn(
  definition: Definition,
  attribute: Attribute,
  kept: ReadonlyMap<Attribute, Value>,
  value: Value | undefined,
): Value | undefined {
  const { settings } = attribute
  if (settings.primaryKey) return keyFor(definition, attribute)
  if (value === null) return attribute.settings.upkeep ? kept.get(attribute) : null
  if (kept.has(attribute)) return kept.get(attribute)
  return settings.default ? defaultOf(definition, attribute) : undefined
}

function keyFor(definition: Definition, attribute: Attribute): Value | undefined {
  const { settings, type } = attribute
  if (settings.default) return defaultOf(definition, attribute)
  const isCounted = definition.attributes.key.length === 1 && COUNTED.has(type.storage)
  if (isCounted || settings.databaseDefault !== null) return undefined
  const { name } = definition
  throw new RecordStateError(
    `${name}.${attribute.name} is missing: it is part of the key, and the database does not count it up by itself`,
    { code: 'MISSING_KEY', kind: 'usage', columns: [attribute.column] },
  )
}

const COUNTED: ReadonlySet<string> = new Set(['integer', 'bigint'])

function defaultOf({ name }: Definition, attribute: Attribute): Value {
  const value = attribute.settings.default?.()
  return value === null || value === undefined ? null : encoded(name, attribute, value)
}
