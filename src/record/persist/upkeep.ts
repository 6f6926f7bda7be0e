import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition } from '../contract.ts'

/** What records of a model write by themselves into a new row. */
export function keptOfNew(definition: Definition): ReadonlyMap<Attribute, Value> {
  const { createdAt, updatedAt, lockVersion } = definition.attributes.kept
  if (!createdAt && !updatedAt && !lockVersion && !definition.inheritance) return NOTHING
  const kept = new Map<Attribute, Value>()
  const now = createdAt || updatedAt ? timeFor(definition) : null
  if (createdAt && now) kept.set(createdAt, encoded(definition.name, createdAt, now))
  if (updatedAt && now) kept.set(updatedAt, encoded(definition.name, updatedAt, now))
  if (lockVersion) kept.set(lockVersion, 0)
  if (definition.inheritance) kept.set(...definition.inheritance.typeOf(definition))
  return kept
}

const NOTHING: ReadonlyMap<Attribute, Value> = new Map()

/** When a row is written, as its column takes it; null where no column wants to know. */
export function updateTime(definition: Definition): readonly [Attribute, Value] | null {
  const { updatedAt } = definition.attributes.kept
  return updatedAt ? [updatedAt, encoded(definition.name, updatedAt, timeFor(definition))] : null
}

/** What time it is to the records of a model. */
export function timeFor({ database }: Definition): Date {
  return database.options.now()
}
