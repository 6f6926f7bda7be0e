import type { Attribute, AttributeList } from '../attribute-list.ts'
import { bearAll } from '../birth.ts'
import { LEFT_OUT, type Slot, type Stateful } from '../contract.ts'
import { markStrict } from '../relations/strict.ts'
import { TableAttributes } from '../table-attributes.ts'
import type { Plan } from './plan.ts'
import { inSlices } from './slices.ts'

/** Makes records of rows, in their place. They know of each other: what one of them lazily loads is loaded for all. */
export async function recordsOf({ definition, selected, strict }: Plan, rows: Slot[][]): Promise<Stateful[]> {
  const { model, attributes } = definition
  const records = rows as unknown[] as Stateful[]
  const peers = strict || rows.length > 1 ? records : null
  if (strict) markStrict(records)
  const placed = selected ?? outOfPlace(attributes)
  await inSlices(rows.length, (start, end) => {
    if (placed) spread(rows, start, end, placed, attributes.size)
    bearAll(model, rows, peers, start, end)
  })
  return records
}

// A table whose columns changed since its records were first made.
function outOfPlace(attributes: AttributeList): readonly Attribute[] | null {
  return attributes instanceof TableAttributes && !attributes.isInPlace ? [...attributes] : null
}

/** Puts what was read of some attributes where records have them. */
function spread(rows: Slot[][], start: number, end: number, placed: readonly Attribute[], size: number): void {
  for (let at = start; at < end; at++) {
    const row = rows[at] as Slot[]
    const slots: Slot[] = new Array(size).fill(LEFT_OUT)
    for (const [place, { index }] of placed.entries()) slots[index] = row[place]
    rows[at] = slots
  }
}
