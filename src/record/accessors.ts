import type { Attribute } from './attribute-list.ts'
import { readAttribute, writeAttribute } from './attributes.ts'
import type { Stateful } from './contract.ts'

/** Names that `await` looks for in whatever it is given. */
const TAKEN: readonly string[] = ['then']

/**
 * Lets a record's attribute be read and set as a property. A column may have the name of a method: the method stays, and
 * `get` and `set` reach the column.
 */
export function accessorOf(prototype: object, attribute: Attribute): void {
  if (attribute.name in prototype || TAKEN.includes(attribute.name)) return
  Object.defineProperty(prototype, attribute.name, {
    configurable: true,
    enumerable: true,
    get(this: Stateful) {
      return readAttribute(this, attribute)
    },
    set(this: Stateful, value: unknown) {
      writeAttribute(this, attribute, value)
    },
  })
}
