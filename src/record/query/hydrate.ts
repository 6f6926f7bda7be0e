import type { Attribute, AttributeList } from '../attribute-list.ts'
import { bear } from '../birth.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import { markStrict } from '../relations/strict.ts'
import { TableAttributes } from '../table-attributes.ts'
import type { Plan } from './plan.ts'
import { fillInSlices } from './slices.ts'

/** Makes records of rows. They know of each other: what one of them lazily loads is loaded for all. */
export function recordsOf({ definition, selected, strict }: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const { model, attributes } = definition
  const records: Stateful[] = []
  const peers = strict || rows.length > 1 ? records : null
  if (strict) markStrict(records)
  const placed = selected ?? outOfPlace(attributes)
  return fillInSlices(records, rows, (row) => bear(model, placed ? spread(row, placed, attributes.size) : row, peers))
}

// A table whose columns changed since its records were first made.
function outOfPlace(attributes: AttributeList): readonly Attribute[] | null {
  return attributes instanceof TableAttributes && !attributes.isInPlace ? [...attributes] : null
}

function spread(row: readonly Slot[], selected: readonly Attribute[], size: number): Slot[] {
  const slots: Slot[] = new Array(size).fill(LEFT_OUT)
  selected.forEach(({ index }, at) => {
    slots[index] = row[at]
  })
  return slots
}
