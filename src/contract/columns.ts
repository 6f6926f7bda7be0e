import { ProgrammingError } from './errors.ts'
import type { Description, Row, Value } from './value.ts'

/**
 * Numbers of one column in an array of their own. `nulls` holds 1 where the row has NULL, and is null when none has; the
 * value there is 0, so that a sum over the array is the sum over what is not NULL.
 */
interface Numbers<Type extends string, Values> {
  readonly type: Type
  readonly values: Values
  readonly nulls: Uint8Array | null
}

/**
 * One column of a {@link ColumnBatch}. The type follows from the values, and is the first of these that holds all of
 * them exactly:
 *
 * - `null`: every row has NULL, or there is no row;
 * - `int32`: whole numbers of 32 bits;
 * - `float64`: numbers; -0 is one of these;
 * - `int64`: whole numbers, some of them beyond 2^53;
 * - `text`, `bytes`: strings or bytes, with null for NULL;
 * - `mixed`: anything else, each value as a row would have it.
 */
export type ColumnValues =
  | { readonly type: 'null'; readonly values: readonly null[] }
  | Numbers<'int32', Int32Array>
  | Numbers<'float64', Float64Array>
  | Numbers<'int64', BigInt64Array>
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }
  | { readonly type: 'bytes'; readonly values: readonly (Uint8Array | null)[] }
  | { readonly type: 'mixed'; readonly values: readonly Value[] }

/** The name of a column's type. */
export type ColumnType = ColumnValues['type']

/** A result, or a part of one, by columns. `T` is what a row would be. */
export interface ColumnBatch<T = Row> {
  /** How many rows it holds. */
  readonly length: number
  /** The columns by name, in the order of the result. */
  readonly columns: { readonly [Name in keyof T]: ColumnValues }
}

/** The names of the columns; throws when an object could not hold them all. */
export function namesOf(description: Description): string[] {
  const names = description.map((column) => column.name)
  const duplicate = names.find((name, i) => names.indexOf(name) !== i)
  if (duplicate === undefined) return names
  throw new ProgrammingError(
    `the result has more than one column named ${JSON.stringify(duplicate)}, and an object could hold only one of them: ` +
      "give each a name of its own with AS, or ask for tuples with { rowMode: 'array' }",
    { code: 'DUPLICATE_COLUMN', kind: 'usage' },
  )
}

/** Sets an own property, whatever its name. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, ...ordinary })
  else object[name] = value
}

const ordinary = { enumerable: true, configurable: true, writable: true }

/** A 64-bit integer as rows have it: a number where that is exact. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
