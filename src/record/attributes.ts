import type { Value } from '../contract/value.ts'
import { immutable, leftOut, misfits, undefinedValue } from './attribute-errors.ts'
import type { Attribute } from './attribute-list.ts'
import { jsonNull } from './columns/json.ts'
import { Misfit } from './columns/type.ts'
import { Boxed, DEFINITION, LEFT_OUT, SLOTS, type Slot, STATUS, STORED, type Stateful } from './contract.ts'

/** The value of an attribute as a program sees it; null where none was given. */
export function readAttribute(record: Stateful, attribute: Attribute): unknown {
  const slot = record[SLOTS][attribute.index]
  if (slot === undefined || slot === null) return null
  if (slot instanceof Boxed) return slot.value
  if (slot === LEFT_OUT) throw leftOut(record, attribute)
  const value = decodedSlot(record[DEFINITION].name, attribute, slot)
  if (attribute.type.boxed) record[SLOTS][attribute.index] = new Boxed(value, slot)
  return value
}

/** Gives an attribute another value. It is compared and checked when the record is saved. */
export function writeAttribute(record: Stateful, attribute: Attribute, value: unknown): void {
  checkWritable(record, attribute, value)
  putAttribute(record, attribute, value)
}

/** The same where it was asked before whether that can be. */
export function putAttribute(record: Stateful, attribute: Attribute, value: unknown): void {
  record[STORED] ??= record[SLOTS].slice()
  record[SLOTS][attribute.index] = slotOf(value)
}

/** Throws if the attribute cannot be given this value now, whatever its type. */
export function checkWritable(record: Stateful, attribute: Attribute, value: unknown): void {
  if (value === undefined) throw undefinedValue(record, attribute)
  const { settings } = attribute
  const isFixed = (settings.immutable || settings.primaryKey) && record[STATUS] === 'stored'
  if (isFixed && !isStored(record, attribute, value)) throw immutable(record, attribute)
}

/** What stands in a slot for a value that a program gave. */
export function slotOf(value: unknown): Slot {
  if (value === jsonNull) return JSON.stringify(null)
  return value === null ? null : new Boxed(value, undefined)
}

// The value is the one that the database has.
function isStored(record: Stateful, attribute: Attribute, value: unknown): boolean {
  const stored = storedOf(record, attribute)
  if (stored === undefined || stored === LEFT_OUT) return false
  return value === null || stored === null ? value === stored : isSame(attribute, value, stored as Value)
}

/** Whether the attribute has another value than the database has. */
export function isChanged(record: Stateful, attribute: Attribute): boolean {
  const slot = record[SLOTS][attribute.index]
  if (slot === undefined || slot === LEFT_OUT) return false
  const stored = storedOf(record, attribute)
  if (stored === undefined || stored === LEFT_OUT) return true
  if (!(slot instanceof Boxed)) return slot !== stored
  return stored === null || !isSame(attribute, slot.value, stored as Value)
}

/** The attributes that have other values than the database has, in their order. */
export function changedAttributes(record: Stateful): Attribute[] {
  const { attributes } = record[DEFINITION]
  return [...attributes].filter((attribute) => isChanged(record, attribute))
}

/** What the database is to have for an attribute. Throws an `UnsupportedValueError` that names it. */
export function rawValue(record: Stateful, attribute: Attribute): Value {
  const slot = record[SLOTS][attribute.index]
  if (slot instanceof Boxed) return encoded(record[DEFINITION].name, attribute, slot.value)
  return slot === undefined ? null : (slot as Value)
}

/** What the database has for an attribute: undefined if it has not got it. */
export function storedOf(record: Stateful, { index }: Attribute): Slot {
  const stored = (record[STORED] ?? record[SLOTS])[index]
  return stored instanceof Boxed ? stored.raw : stored
}

/** What an attribute had in the database, as a program sees it. */
export function storedValue(record: Stateful, attribute: Attribute): unknown {
  const stored = storedOf(record, attribute)
  if (stored === undefined || stored === null || stored === LEFT_OUT) return null
  return decodedSlot(record[DEFINITION].name, attribute, stored)
}

/** The value of a program as the database takes it. */
export function encoded(owner: string, attribute: Attribute, value: unknown): Value {
  try {
    return attribute.type.write(value)
  } catch (error) {
    if (error instanceof Misfit) throw misfits(owner, attribute, error)
    throw error
  }
}

/** What a program sees of what the database has. */
export function decodedSlot(owner: string, attribute: Attribute, raw: Slot): unknown {
  if (raw === null || raw === undefined) return null
  try {
    return attribute.type.read(raw as Value)
  } catch (error) {
    if (error instanceof Misfit) throw misfits(owner, attribute, error)
    throw error
  }
}

// One value can be written in several ways: spaces in JSON, a time with or without its zone.
function isSame({ type }: Attribute, value: unknown, stored: Value): boolean {
  try {
    const written = type.write(value)
    return equal(written, stored) || equal(written, type.write(type.read(stored)))
  } catch (error) {
    if (error instanceof Misfit) return false
    throw error
  }
}

function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  if (isWhole(a) && isWhole(b)) return BigInt(a) === BigInt(b)
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function isWhole(value: Value): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}
