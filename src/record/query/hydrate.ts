import type { Attribute, AttributeList } from '../attribute-list.ts'
import { bear } from '../birth.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import { markStrict } from '../relations/strict.ts'
import { inPlace } from '../schema/in-place.ts'
import type { Plan } from './plan.ts'
import { fillInSlices } from './slices.ts'

/** Makes records of rows. They know of each other: what one of them lazily loads is loaded for all. */
export function recordsOf({ definition, selected, strict }: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const { model, attributes } = definition
  const records: Stateful[] = []
  const peers = strict || rows.length > 1 ? records : null
  if (strict) markStrict(records)
  const placed = selected ?? (inPlace(attributes) ? null : [...attributes])
  const slots = (row: Slot[]) => (placed ? spread(row, placed, attributes.size) : row)
  const { inheritance } = definition
  if (!inheritance) return fillInSlices(records, rows, (row) => bear(model, slots(row), peers))
  return fillInSlices(records, rows, (row) => {
    const own = slots(row)
    return bear(inheritance.modelOf(definition, own), own, peers)
  })
}

/** The slots of a record of whose attributes all were read, in their order. */
export function slotsOf(attributes: AttributeList, row: Slot[]): Slot[] {
  return inPlace(attributes) ? row : spread(row, [...attributes], attributes.size)
}

/** The slots of a record of which these attributes were read, in this order. */
function spread(row: readonly Slot[], selected: readonly Attribute[], size: number): Slot[] {
  const slots: Slot[] = new Array(size).fill(LEFT_OUT)
  selected.forEach(({ index }, at) => {
    slots[index] = row[at]
  })
  return slots
}
