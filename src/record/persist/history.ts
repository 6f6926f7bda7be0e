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

// Gives back what it is given, so that a class that extends it puts its private field on objects made elsewhere.
function itself(object: object): object {
  return object
}

/**
 * A record that was written. Of all that are read few are, so others have nothing of it; nor does it show. A WeakMap of
 * them would cost the garbage collector more than all the rest of a save.
 */
class Written extends (itself as unknown as new (record: object) => object) {
  #history: History | undefined

  constructor(record: object, history: History | undefined) {
    super(record)
    this.#history = history
  }

  static historyOf(record: object): History | undefined {
    return #history in record ? record.#history : undefined
  }

  static setHistory(record: object, history: History | undefined): void {
    if (#history in record) record.#history = history
    else if (history) new Written(record, history)
  }
}

export function historyOf(record: Stateful): History | undefined {
  return Written.historyOf(record)
}

export function setHistory(record: Stateful, history: History | undefined): void {
  Written.setHistory(record, history)
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
