import { readAttribute, writeAttribute } from './attributes.ts'
import { DEFINITION, type Stateful } from './contract.ts'
import { Handle } from './relations/handle.ts'
import { TableAttributes } from './table-attributes.ts'

/** What records were given for names that are those of methods, while their columns were not known. */
const kept = new WeakMap<Stateful, Map<string, unknown>>()

/** Keeps a value under a name that no attribute is known to have. */
export function keep(record: Stateful, name: string, value: unknown): void {
  if (!(name in record) || Object.hasOwn(record, name)) {
    Object.defineProperty(record, name, { value, configurable: true, enumerable: true, writable: true })
    return
  }
  const values = kept.get(record) ?? new Map<string, unknown>()
  kept.set(record, values.set(name, value))
}

/** What was kept under names that no attribute is known to have. */
export function keptValues(record: Stateful): Map<string, unknown> {
  const own = Object.entries(record).filter(([, value]) => !(value instanceof Handle))
  return new Map([...own, ...(kept.get(record) ?? [])])
}

/** Makes what was kept for a column its attribute's value, once the columns of the table are known. */
export function adopt(record: Stateful): void {
  const { attributes } = record[DEFINITION]
  if (!(attributes instanceof TableAttributes && attributes.isKnown)) return
  for (const [name, value] of keptValues(record)) {
    const attribute = attributes.find(name)
    if (!attribute) continue
    Reflect.deleteProperty(record, name)
    kept.get(record)?.delete(name)
    if (value !== undefined && value !== readAttribute(record, attribute)) writeAttribute(record, attribute, value)
  }
}
