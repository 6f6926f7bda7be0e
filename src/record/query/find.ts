import { describe, invalidOption } from '../../contract/checks.ts'
import { encoded, storedOf } from '../attributes.ts'
import type { Definition, Stateful } from '../contract.ts'
import { modelError, NotFoundError } from '../errors.ts'
import { Among } from './among.ts'
import { Compared, type Condition, Joined } from './condition.ts'
import { isSlice, type Plan, slice } from './plan.ts'
import { selectRecords } from './select.ts'

/** The record with this key among those that a plan means, or null. */
export async function findByKey(plan: Plan, key: unknown): Promise<Stateful | null> {
  const conditions = [...plan.conditions, ...keyConditions(plan.definition, key)]
  const narrowed = { ...plan, conditions }
  // No second row has the key; a limit would only be one more thing to do.
  const isOne = plan.joins.length === 0 && !isSlice(plan)
  const [record] = await selectRecords(isOne ? narrowed : slice(narrowed, 0, 1))
  return record ?? null
}

/** The record with this key among those that a plan means. */
export async function getByKey(plan: Plan, key: unknown): Promise<Stateful> {
  const record = await findByKey(plan, key)
  if (record) return record
  throw noSuchKey(plan.definition)
}

export function noSuchKey({ name, attributes }: Definition): NotFoundError {
  const names = attributes.key.map((attribute) => attribute.name).join(', ')
  return new NotFoundError(`no ${name} has this ${names}`, { code: 'NOT_FOUND', kind: 'notFound' })
}

/** The records with these keys, in their order, without those that are not there. */
export async function findByKeys(plan: Plan, keys: unknown): Promise<Stateful[]> {
  if (!Array.isArray(keys)) throw invalidOption(TypeError, `findMany takes an array of keys, not ${describe(keys)}`)
  if (keys.length === 0) return []
  const encodedKeys = keys.map((key) => keyValues(plan.definition, key))
  const { key } = plan.definition.attributes
  const found = await selectRecords({
    ...plan,
    conditions: [...plan.conditions, oneOfKeys(plan.definition, encodedKeys)],
  })
  const byKey = new Map(found.map((record) => [textOf(key.map((part) => storedOf(record, part))), record]))
  return encodedKeys.flatMap((values) => byKey.get(textOf(values)) ?? [])
}

/** That a row has this key. */
export function keyConditions(definition: Definition, given: unknown): Condition[] {
  const values = keyValues(definition, given)
  return definition.attributes.key.map((attribute, at) => new Compared(attribute, '=', values[at]))
}

function oneOfKeys({ attributes: { key } }: Definition, keys: readonly unknown[][]): Condition {
  const [only, another] = key
  if (only && !another)
    return new Among(
      only,
      keys.map(([value]) => value),
    )
  const parts = keys.map((values) => key.map((attribute, at) => new Compared(attribute, '=', values[at])))
  return new Joined(
    'or',
    parts.map((conditions) => new Joined('and', conditions)),
  )
}

/** What the database has for a key, by attribute. */
export function keyValues({ name, attributes: { key } }: Definition, given: unknown): unknown[] {
  const [only, another] = key
  if (only && !another && (typeof given === 'number' || typeof given === 'string')) return [encoded(name, only, given)]
  if (key.length === 0) throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
  const values = Array.isArray(given) ? given : [given]
  const wanted = key.map((attribute) => attribute.name).join(', ')
  if (values.some((value) => value === null || value === undefined)) {
    throw invalidOption(
      TypeError,
      `a key of ${name} is a value for ${wanted}, not ${describe(values.find((value) => value == null))}`,
    )
  }
  const fits = Array.isArray(given) ? key.length > 1 && given.length === key.length : key.length === 1
  if (!fits) {
    const hint = key.length === 1 ? '; findMany takes several keys' : ''
    throw modelError('INVALID_QUERY', `a key of ${name} is a value for ${wanted}, not ${describe(given)}${hint}`)
  }
  return key.map((attribute, at) => encoded(name, attribute, values[at]))
}

// Whole numbers come as number or bigint, whichever holds them.
function textOf(values: readonly unknown[]): string {
  return values
    .map((value) => `${typeof value === 'string' ? 's' : 'n'}${String(value).length}:${String(value)}`)
    .join()
}
