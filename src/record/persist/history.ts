import type { Attribute } from '../attribute-list.ts'
import { decodedSlot } from '../attributes.ts'
import { DEFINITION, type Slot, type Stateful } from '../contract.ts'

/** What an attribute had in the database before and after it was written. */
export interface Change {
  readonly attribute: Attribute
  readonly before: Slot
  readonly after: Slot
}

/** What became of a record that was written. */
export interface History {
  /** Its row was inserted by it. */
  readonly created: boolean
  /** What the latest save changed. */
  readonly latest: readonly Change[]
}

// Not in the record: of all that are read, few are written.
const histories = new WeakMap<Stateful, History>()

export function historyOf(record: Stateful): History | undefined {
  return histories.get(record)
}

export function setHistory(record: Stateful, history: History | undefined): void {
  if (history) histories.set(record, history)
  else histories.delete(record)
}

/** Of each attribute that the latest save changed, what the database had before and what it was given. */
export function previousChanges(record: Stateful): Record<string, readonly [unknown, unknown]> {
  const { name } = record[DEFINITION]
  const changes: Record<string, readonly [unknown, unknown]> = Object.create(null)
  for (const { attribute, before, after } of histories.get(record)?.latest ?? []) {
    changes[attribute.name] = [decodedSlot(name, attribute, before), decodedSlot(name, attribute, after)]
  }
  return changes
}
