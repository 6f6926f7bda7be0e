import type { Attribute } from './attribute-list.ts'
import { readAttribute, writeAttribute } from './attributes.ts'
import { RecordBase } from './base/index.ts'
import type { Columns } from './columns/column.ts'
import { declare } from './define.ts'
import { type ModelStatic, statics } from './statics/index.ts'

/**
 * A class of records of one table, to be extended. Its columns are declared by the names of their attributes.
 *
 * @example
 * class User extends Model('users', { id: column.integer().primaryKey(), name: column.text() }) {}
 * const ann = await User.create({ name: 'ann' })
 */
export function Model<C extends Columns>(table: string, columns: C): ModelStatic<C> {
  abstract class ModelBase extends RecordBase {}
  const { attributes } = declare(ModelBase, table, columns)
  for (const attribute of attributes) defineAccessor(ModelBase.prototype, attribute)
  for (const [name, value] of Object.entries(statics)) {
    Object.defineProperty(ModelBase, name, { value, configurable: true, writable: true })
  }
  return ModelBase as unknown as ModelStatic<C>
}

// A column may have the name of a method: the method stays.
function defineAccessor(prototype: RecordBase, attribute: Attribute): void {
  if (attribute.name in prototype) return
  Object.defineProperty(prototype, attribute.name, {
    configurable: true,
    enumerable: true,
    get(this: RecordBase) {
      return readAttribute(this, attribute)
    },
    set(this: RecordBase, value: unknown) {
      writeAttribute(this, attribute, value)
    },
  })
}
