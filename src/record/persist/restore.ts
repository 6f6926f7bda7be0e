import { storedOf } from '../attributes.ts'
import { DEFINITION, SLOTS, STORED, type Stateful } from '../contract.ts'
import { rawsOf, settle } from './settle.ts'

/** Gives these attributes, or all, the values again that the database has; forgets those of a new record. */
export function restoreRecord(record: Stateful, names: readonly string[]): void {
  const { attributes, name: owner } = record[DEFINITION]
  const all = names.length === 0 ? [...attributes] : names.map((name) => attributes.get(name, owner))
  const slots = record[SLOTS].slice()
  // What is in a box may have been changed there: it is read anew.
  for (const attribute of all) slots[attribute.index] = storedOf(record, attribute)
  if (record[STORED] === null) {
    record[SLOTS] = slots
    return
  }
  const raws = rawsOf(
    slots.length,
    all.map((attribute) => [attribute, storedOf(record, attribute)]),
  )
  record[SLOTS] = slots
  settle(record, { raws, sent: slots, whole: false, own: [] })
}
