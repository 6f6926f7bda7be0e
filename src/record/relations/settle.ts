import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { SLOTS, type Stateful } from '../contract.ts'
import { writtenAs } from '../persist/update.ts'

/**
 * A record in memory learns what its row has by now, until the transaction around is rolled back. Changes of other
 * attributes that were not saved stay.
 */
export function settleRaws(record: Stateful, raws: ReadonlyMap<Attribute, Value>): void {
  writtenAs(record, raws, { sent: record[SLOTS], whole: false, own: [] })
}
