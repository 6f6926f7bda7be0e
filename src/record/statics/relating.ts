import { checkBoolean, describe } from '../../contract/checks.ts'
import type { Columns } from '../columns/column.ts'
import { setInheritance, setStrict } from '../define.ts'
import { modelError } from '../errors.ts'
import { TableInheritance } from '../inheritance.ts'
import type { AttributeName } from '../types.ts'
import type { AnyModel } from './types.ts'

/** What a class says of its relations as a whole, and of those that extend it. */
export interface RelatingStatics<C extends Columns> {
  /**
   * Its records load no relation by themselves: what was not included is refused when it is read. Said in a static block
   * of the class; classes that extend it do the same.
   */
  loadsStrictly(strict?: boolean): void

  /**
   * The table has the rows of the classes that extend this one too: this attribute has the name of each row's class, or
   * the word that stands for it where they are given as an object. Each class reads and counts its own rows and those of
   * classes that extend it; rows that this one gives are records of their own classes.
   *
   * @example
   * class Vehicle extends Model('vehicles', { id: column.integer().primaryKey(), type: column.text() }) {
   *   static {
   *     this.inheritsBy('type', () => [Car, Truck])
   *   }
   * }
   * class Car extends Vehicle {}
   */
  inheritsBy(
    attribute: AttributeName<C>,
    classes: () => readonly AnyModel[] | { readonly [type: string]: AnyModel },
  ): void
}

export const relatingStatics = {
  loadsStrictly(this: object, strict = true) {
    setStrict(this, checkBoolean('strict', strict))
  },

  inheritsBy(this: object, attribute: string, classes: () => never) {
    if (typeof classes !== 'function') {
      throw modelError(
        'INVALID_MODEL',
        `classes that share a table are given by a function, () => [Car], not as ${describe(classes)}`,
      )
    }
    setInheritance(this, new TableInheritance(this, attribute, classes))
  },
}
