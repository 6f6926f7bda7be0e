import { leftOut } from '../attribute-errors.ts'
import type { Attribute } from '../attribute-list.ts'
import { storedOf } from '../attributes.ts'
import { type Key, LEFT_OUT, type Slot, type Stateful } from '../contract.ts'

/** What the database has for an attribute that relates records. Throws if the query that gave the record left it out. */
export function rawOf(record: Stateful, attribute: Attribute): Slot {
  const raw = storedOf(record, attribute)
  if (raw === LEFT_OUT) throw leftOut(record, attribute)
  return raw ?? null
}

/** The same for all values that a database takes for equal: 1 and 1n, two arrays of the same bytes. */
export function keyOfRaw(raw: Slot): Key | null {
  if (typeof raw === 'number' || typeof raw === 'string') return raw
  if (raw === null || raw === undefined) return null
  if (raw instanceof Uint8Array) return `x${Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('hex')}`
  const number = Number(raw)
  return Number.isSafeInteger(number) ? number : String(raw)
}

/** These values without nulls, each once. */
export function distinctRaws(raws: Iterable<Slot>): Slot[] {
  const distinct = new Map<Key, Slot>()
  for (const raw of raws) {
    const key = keyOfRaw(raw)
    if (key !== null) distinct.set(key, raw)
  }
  return [...distinct.values()]
}
