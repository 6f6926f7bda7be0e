import type { Attribute } from '../attribute-list.ts'
import { bear } from '../birth.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import type { Plan } from './plan.ts'
import { fillInSlices } from './slices.ts'

/** Makes records of rows. They know of each other: what one of them lazily loads is loaded for all. */
export function recordsOf({ definition, selected }: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const { model, attributes } = definition
  const records: Stateful[] = []
  const peers = rows.length > 1 ? records : null
  return fillInSlices(records, rows, (row) =>
    bear(model, selected ? spread(row, selected, attributes.size) : row, peers),
  )
}

function spread(row: readonly Slot[], selected: readonly Attribute[], size: number): Slot[] {
  const slots: Slot[] = new Array(size).fill(LEFT_OUT)
  selected.forEach(({ index }, at) => {
    slots[index] = row[at]
  })
  return slots
}
