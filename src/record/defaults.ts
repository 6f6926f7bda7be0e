import type { AttributeList } from './attribute-list.ts'
import { slotOf } from './attributes.ts'
import { DEFINITION, SLOTS, type Stateful } from './contract.ts'
import { TableAttributes } from './table-attributes.ts'

const withDefaults = new WeakMap<AttributeList, readonly { index: number; make: () => unknown }[]>()

/** Gives a new record the values that its columns have where nothing was given. */
export function applyDefaults(record: Stateful): void {
  const { attributes } = record[DEFINITION]
  if (attributes instanceof TableAttributes) return
  const slots = record[SLOTS]
  const { inheritance } = record[DEFINITION]
  if (inheritance) {
    const [{ index }, type] = inheritance.typeOf(record[DEFINITION])
    if (slots[index] === undefined) slots[index] = slotOf(type)
  }
  for (const { index, make } of defaultsOf(attributes)) {
    if (slots[index] === undefined) slots[index] = slotOf(make())
  }
}

function defaultsOf(attributes: AttributeList) {
  const known = withDefaults.get(attributes)
  if (known) return known
  const found = [...attributes].flatMap(({ index, settings }) =>
    settings.default ? [{ index, make: settings.default }] : [],
  )
  withDefaults.set(attributes, found)
  return found
}
