import type { AssignOptions } from '../assign.ts'
import type { Columns } from '../columns/column.ts'
import type { SaveOptions } from '../persist/save-options.ts'
import type { RowOf } from '../types.ts'

/**
 * What depends on a model's columns is told once more by these alone: inside of its class, where the type of `this` is
 * not known yet, `this.update({ title })` is checked as it is outside.
 */
export interface OwnMethods<C extends Columns> {
  /** Gives several attributes new values; see {@link RecordBase.assign}. */
  assign(attributes: Partial<RowOf<C>>, options?: AssignOptions<keyof C & string>): this
  /** Gives several attributes new values and saves; see {@link RecordBase.update}. */
  update(attributes: Partial<RowOf<C>>, options?: SaveOptions): Promise<this>
  /** The value of an attribute, whatever else has its name; see {@link RecordBase.get}. */
  get<K extends keyof C>(name: K): RowOf<C>[K]
  /** Gives an attribute another value, whatever else has its name; see {@link RecordBase.set}. */
  set(...given: { [K in keyof C]: [name: K, value: RowOf<C>[K]] }[keyof C]): this
  /** Adds to a number in the database; see {@link RecordBase.increment}. */
  increment(name: NumericIn<C>, by?: number | bigint): Promise<this>
  /** Subtracts from a number in the database; see {@link RecordBase.decrement}. */
  decrement(name: NumericIn<C>, by?: number | bigint): Promise<this>
}

/** The names of attributes that are numbers. */
type NumericIn<C extends Columns> = {
  [K in keyof C]: NonNullable<RowOf<C>[K]> extends number | bigint ? K : never
}[keyof C] &
  string
