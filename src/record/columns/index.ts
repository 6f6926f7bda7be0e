import { type Column, newColumn } from './column.ts'
import { date, datetime, time, type Zone } from './datetime.ts'
import { type DecimalSize, decimal } from './decimal.ts'
import { bigint, blob, boolean, integer, json, oneOf, real, text } from './types.ts'
import { uuid } from './uuid.ts'

/**
 * Declares the columns of a model. The name is that of the column in the database, where it is not the attribute's.
 *
 * @example
 * class User extends Model('users', {
 *   id: column.integer().primaryKey(),
 *   firstName: column.text('first_name'),
 *   age: column.integer().nullable(),
 * }) {}
 */
export const column = {
  integer: (name?: string): Column<number> => newColumn(integer, name),
  bigint: (name?: string): Column<bigint> => newColumn(bigint, name),
  real: (name?: string): Column<number> => newColumn(real, name),
  decimal: (size: DecimalSize, name?: string): Column<string> => newColumn(decimal(size), name),
  text: (name?: string): Column<string> => newColumn(text, name),
  boolean: (name?: string): Column<boolean> => newColumn(boolean, name),
  date: (name?: string): Column<string> => newColumn(date, name),
  datetime: (name?: string, options: { readonly zone?: Zone } = {}): Column<Date> =>
    newColumn(datetime(options.zone), name),
  time: (name?: string): Column<string> => newColumn(time, name),
  json: <T = unknown>(name?: string): Column<T> => newColumn(json<T>(), name),
  blob: (name?: string): Column<Uint8Array> => newColumn(blob, name),
  uuid: (name?: string): Column<string> => newColumn(uuid, name),
  enum: <const T extends string>(values: readonly T[], name?: string): Column<T> => newColumn(oneOf(values), name),
} as const
