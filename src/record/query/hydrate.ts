import type { Attribute, AttributeList } from '../attribute-list.ts'
import { bear, bearAll } from '../birth.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import { markStrict } from '../relations/strict.ts'
import { inPlace } from '../schema/in-place.ts'
import type { Plan } from './plan.ts'
import { inSlices } from './slices.ts'

/** Makes records of rows, in their place. They know of each other: what one of them lazily loads is loaded for all. */
export async function recordsOf({ definition, selected, strict }: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const { model, attributes } = definition
  const records = rows as unknown[] as Stateful[]
  const peers = strict || rows.length > 1 ? records : null
  if (strict) markStrict(records)
  const given = selected ?? (inPlace(attributes) ? null : [...attributes])
  const { inheritance } = definition
  await inSlices(rows.length, (start, end) => {
    if (given) spreadAll(rows, start, end, given, attributes.size)
    if (!inheritance) return bearAll(model, rows, peers, start, end)
    // Each row tells its class.
    for (let at = start; at < end; at++) {
      const slots = rows[at] as Slot[]
      records[at] = bear(inheritance.modelOf(definition, slots), slots, peers)
    }
  })
  return records
}

/** The slots of a record of whose attributes all were read, in their order. */
export function slotsOf(attributes: AttributeList, row: Slot[]): Slot[] {
  return inPlace(attributes) ? row : spread(row, [...attributes], attributes.size)
}

function spreadAll(rows: Slot[][], start: number, end: number, given: readonly Attribute[], size: number): void {
  for (let at = start; at < end; at++) rows[at] = spread(rows[at] as Slot[], given, size)
}

/** The slots of a record of which these attributes were read, in this order. */
function spread(row: readonly Slot[], given: readonly Attribute[], size: number): Slot[] {
  const slots: Slot[] = new Array(size).fill(LEFT_OUT)
  given.forEach(({ index }, at) => {
    slots[index] = row[at]
  })
  return slots
}
