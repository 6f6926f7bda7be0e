import type { ColumnType, ColumnValues } from './columns.ts'
import type { Tuple, Value } from './value.ts'

/** One column of rows that are there as tuples. */
export function columnOf(rows: readonly Tuple[], at: number): ColumnValues {
  const values = rows.map((row) => row[at] as Value)
  const type = values.reduce<ColumnType>((known, value) => (known === 'mixed' ? known : joined(known, value)), 'null')
  if (type === 'null') return { type, values: values as null[] }
  if (type === 'text') return { type, values: values as (string | null)[] }
  if (type === 'bytes') return { type, values: values as (Uint8Array | null)[] }
  if (type === 'mixed') return { type, values }
  const nulls = values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : null
  if (type === 'int32') return { type, values: Int32Array.from(values, Number), nulls }
  if (type === 'float64') return { type, values: Float64Array.from(values, Number), nulls }
  const whole = values.every((value) => typeof value !== 'number' || isWhole(value))
  if (!whole) return { type: 'mixed', values }
  return { type, values: BigInt64Array.from(values, (value) => BigInt((value ?? 0) as number | bigint)), nulls }
}

/** A whole number that an integer can stand for: -0 is none, and beyond 2^53 nobody knows. */
export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

/** The type of a column of `known` to which the value is added. */
function joined(known: ColumnType, value: Value): ColumnType {
  return value === null ? known : widest(known, typeOf(value))
}

function typeOf(value: string | number | bigint | Uint8Array): ColumnType {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'int64' : 'mixed'
  if (typeof value === 'number') return (value | 0) === value && !Object.is(value, -0) ? 'int32' : 'float64'
  return value instanceof Uint8Array ? 'bytes' : 'mixed'
}

const NUMERIC: readonly ColumnType[] = ['int32', 'float64', 'int64']

/** The type of a column that holds values of both types, if all its numbers turn out to be whole where that counts. */
export function widest(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || other === 'null') return one
  if (one === 'null') return other
  const [first, second] = [NUMERIC.indexOf(one), NUMERIC.indexOf(other)]
  if (first < 0 || second < 0) return 'mixed'
  return first > second ? one : other
}
