import { ownOptions } from '../../contract/checks.ts'
import { blob } from './blob.ts'
import { boolean } from './boolean.ts'
import { type Column, newColumn, type TextColumn } from './column.ts'
import { type Codec, custom } from './custom.ts'
import { datetime, type Zone } from './datetime.ts'
import { date, time } from './day.ts'
import { type DecimalSize, decimal } from './decimal.ts'
import { json } from './json.ts'
import { bigint, integer, real } from './numbers.ts'
import { typeOf } from './storage.ts'
import { oneOf, text } from './text.ts'
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
  /** Whole numbers that a `number` holds exactly: up to 2^53. */
  integer: (name?: string): Column<number> => newColumn(integer, name),
  /** Whole numbers of 64 bits. */
  bigint: (name?: string): Column<bigint> => newColumn(bigint, name),
  /** Numbers with a fraction, as 64 bits hold them. */
  real: (name?: string): Column<number> => newColumn(real, name),
  /** Exact numbers as text, `"12.50"`: digits in all, and how many of them behind the point. */
  decimal: (size: DecimalSize, name?: string): Column<string> => newColumn(decimal(size), name),
  /** Text, of at most `length` characters where that is told. */
  text: (name?: string, options: { readonly length?: number } = {}): TextColumn =>
    newColumn(text(ownOptions(options, ['length'], 'text').length), name) as TextColumn,
  boolean: (name?: string): Column<boolean> => newColumn(boolean, name),
  /** Days as text, `"2026-01-31"`: no time, no zone. */
  date: (name?: string): Column<string> => newColumn(date, name),
  /** Points in time, to the millisecond, stored in UTC unless another zone is told. */
  datetime: (name?: string, options: { readonly zone?: Zone } = {}): Column<Date> =>
    newColumn(datetime(ownOptions(options, ['zone'], 'datetime').zone), name),
  /** Times of day as text, `"23:59:59"`. */
  time: (name?: string): Column<string> => newColumn(time, name),
  /** What JSON can write. Changes inside such a value are noticed when the record is saved. */
  json: <T = unknown>(name?: string): Column<T> => newColumn(json<T>(), name),
  /** Bytes. Changes inside are noticed when the record is saved. */
  blob: (name?: string): Column<Uint8Array> => newColumn(blob, name),
  /** UUIDs as text in lower case; as a key they are made at random. */
  uuid: (name?: string): Column<string> => newColumn(uuid, name),
  /** One of these texts. */
  enum: <const T extends string>(values: readonly T[], name?: string): Column<T> => newColumn(oneOf(values), name),
  /** Values of your own: how they are read and written, and a Standard Schema that says which there are. */
  custom: <T>(codec: Codec<T>, name?: string): Column<T> => newColumn(custom(codec, typeOf), name),
} as const
