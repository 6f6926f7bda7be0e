import type { Value } from '../../contract/value.ts'

/**
 * How the values of one kind of column stand in a program, in a record and in a database. A record holds what the
 * database gave until somebody reads it.
 */
export interface ColumnType<T = unknown> {
  /** Its word in messages: `a whole number`. */
  readonly expects: string
  /** What a table is created with. */
  readonly storage: Storage
  /** Reading makes an object, which is then kept: it is made once, and changes inside it are noticed on saving. */
  readonly boxed: boolean
  /** What a program sees of a value of the database, which is not null. Throws a {@link Misfit}. */
  read(raw: Value): T
  /** What the database is given for a value of a program, which is not null. Throws a {@link Misfit}. */
  write(value: unknown): Value
}

/** A data type in words that all databases have one for. */
export type Storage =
  | 'integer'
  | 'bigint'
  | 'real'
  | 'decimal'
  | 'text'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'json'
  | 'blob'
  | 'uuid'

/** A value does not fit its column: says why, without the value. */
export class Misfit extends Error {}
