import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { SLOTS, type Slot, STORED, type Stateful } from '../contract.ts'

/** A record in memory learns what its row has by now. Changes of other attributes that were not saved stay. */
export function settleRaws(record: Stateful, raws: ReadonlyMap<Attribute, Value>): void {
  const slots = record[SLOTS]
  const stored: Slot[] | null = record[STORED]?.slice() ?? null
  for (const [{ index }, raw] of raws) {
    slots[index] = raw
    if (stored) stored[index] = raw
  }
  record[STORED] = stored
}
