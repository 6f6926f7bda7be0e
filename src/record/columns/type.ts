import { describe } from '../../contract/checks.ts'
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
  /** What else a table is created with. */
  readonly limits?: Limits
  /** Reading makes an object, which is then kept: it is made once, and changes inside it are noticed on saving. */
  readonly boxed: boolean
  /** What a program sees of a value of the database, which is not null. Throws a {@link Misfit}. */
  read(raw: Value): T
  /** What the database is given for a value of a program, which is not null. Throws a {@link Misfit}. */
  write(value: unknown): Value
}

/** A data type in words that all databases have one for. */
export type Storage = (typeof STORAGES)[number]

export const STORAGES = [
  'integer',
  'bigint',
  'real',
  'decimal',
  'text',
  'boolean',
  'date',
  'datetime',
  'time',
  'json',
  'blob',
  'uuid',
] as const

/** What the values of a column are held to beside their storage. */
export interface Limits {
  /** How many characters a text has at most. */
  readonly length?: number | undefined
  /** How many digits a decimal has: in all, and of them behind the point. */
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  /** The only texts that there are. */
  readonly values?: readonly string[] | undefined
  /** Points in time are stored without a zone. */
  readonly zoneless?: boolean | undefined
}

/** What the values of a column are held to beside their storage. */
export interface Limits {
  /** How many digits a decimal has: in all, and of them behind the point. */
  readonly precision?: number | undefined
  readonly scale?: number | undefined
}

/** A value does not fit its column: says why, without the value. */
export class Misfit extends Error {}

/** A value that a program gave is not what the column takes. */
export function misfit({ expects }: Pick<ColumnType, 'expects'>, value: unknown): Misfit {
  return new Misfit(`must be ${expects}, not ${described(value)}`)
}

/** A value that the database gave is not what the column was declared to hold. */
export function unreadable({ expects }: Pick<ColumnType, 'expects'>, raw: unknown, hint = ''): Misfit {
  return new Misfit(`holds ${described(raw)} where the database was to have ${expects}${hint}`)
}

function described(value: unknown): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'this number'
  if (value instanceof Date) return 'a Date'
  return describe(value)
}
