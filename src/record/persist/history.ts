import type { Attribute } from '../attribute-list.ts'
import { decodedSlot } from '../attributes.ts'
import { DEFINITION, type Slot, type Stateful } from '../contract.ts'

/** What became of a record that was written. */
export interface History {
  /** Its row was inserted by it. */
  readonly created: boolean
  /** What the latest save wrote, and what the database had before; null for a row that was not there. */
  readonly written: ReadonlyMap<Attribute, Slot>
  readonly before: ReadonlyMap<Attribute, Slot> | null
}

/** Of a save that had nothing to write. */
export const NOTHING: ReadonlyMap<Attribute, Slot> = new Map()

const HISTORY: unique symbol = Symbol('history')

interface Remembering extends Stateful {
  [HISTORY]?: History | undefined
}

export function historyOf(record: Remembering): History | undefined {
  return record[HISTORY]
}

// A property that only records have that were written: of all that are read, few are. A WeakMap of them would cost the
// garbage collector more than all the rest of a save.
export function setHistory(record: Remembering, history: History | undefined): void {
  if (record[HISTORY] !== history) record[HISTORY] = history
}

/** Of each attribute that the latest save changed, what the database had before and what it was given. */
export function previousChanges(record: Stateful): Record<string, readonly [unknown, unknown]> {
  const { name } = record[DEFINITION]
  const changes: Record<string, readonly [unknown, unknown]> = Object.create(null)
  const { written = NOTHING, before = null } = historyOf(record) ?? {}
  for (const [attribute, raw] of written) {
    changes[attribute.name] = [decodedSlot(name, attribute, before?.get(attribute)), decodedSlot(name, attribute, raw)]
  }
  return changes
}
