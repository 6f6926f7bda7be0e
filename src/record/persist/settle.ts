import type { Attribute } from '../attribute-list.ts'
import { storedOf } from '../attributes.ts'
import { Boxed, DEFINITION, SLOTS, type Slot, STORED, type Stateful } from '../contract.ts'
import type { Raws } from './written.ts'

/** What the database has of a record since a statement. */
export interface Settlement {
  /** What it was given, or gave itself. */
  readonly raws: Raws
  /** The slots as they were when the statement was sent: what was assigned since then is a change. */
  readonly sent: readonly Slot[]
  /** All changes were sent: whatever was assigned before is what the database has. */
  readonly whole: boolean
  /** Those whose values were in the record; null for all. Values of others are read anew. */
  readonly own: readonly Attribute[] | null
}

/** Brings the slots of a record in line with what the database has. */
export function settle(record: Stateful, { raws, sent, whole, own }: Settlement): void {
  const slots = record[SLOTS].slice()
  const stored = (record[STORED] ?? slots).slice()
  let isChanged = false
  for (const attribute of record[DEFINITION].attributes) {
    const { index } = attribute
    const slot = record[SLOTS][index]
    const isWritten = raws[index] !== undefined
    const raw = isWritten ? raws[index] : storedOf(record, attribute)
    stored[index] = raw
    if (slot === sent[index] && (whole || isWritten))
      slots[index] = isWritten && own && !own.includes(attribute) ? raw : settled(attribute, slot, raw)
    else {
      isChanged ||= slot !== raw && !(slot instanceof Boxed && slot.raw === raw)
    }
  }
  record[SLOTS] = slots
  record[STORED] = isChanged ? stored : null
}

/** The same for a record whose row was just inserted: all of it was sent, or filled in. The slots `sent` become its own. */
export function settleInserted(record: Stateful, raws: Raws, sent: Slot[]): void {
  const now = record[SLOTS]
  let isChanged = false
  for (const attribute of record[DEFINITION].attributes) {
    const { index } = attribute
    const slot = now[index]
    if (slot === sent[index]) sent[index] = settled(attribute, slot, raws[index])
    else {
      sent[index] = slot
      isChanged ||= slot !== raws[index]
    }
  }
  record[SLOTS] = sent
  record[STORED] = isChanged ? raws.slice() : null
}

/** What {@link Settlement} wants, of pairs. */
export function rawsOf(size: number, pairs: Iterable<readonly [Attribute, Slot]>): Slot[] {
  const raws: Slot[] = new Array(size).fill(undefined)
  for (const [{ index }, raw] of pairs) raws[index] = raw
  return raws
}

// The program may hold what is in the box: it stays the same object.
function settled({ type }: Attribute, slot: Slot, raw: Slot): Slot {
  return type.boxed && slot instanceof Boxed ? new Boxed(slot.value, raw) : raw
}
