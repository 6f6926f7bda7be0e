import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ColumnBatch, ColumnValues } from '../../src/contract/columns.ts'
import type { Tuple, Value } from '../../src/contract/value.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  // UTF-16 units one by one: lone surrogates included.
  fc.array(fc.nat(65535)).map((units) => String.fromCharCode(...units)),
)
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
const edges = [
  0n,
  -1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n),
  2n ** 63n - 1n,
]
const integer = fc.oneof(fc.bigInt(-(2n ** 31n), 2n ** 31n - 1n), int64, fc.constantFrom(...edges))
const real = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, 1, 2 ** 53, -1e300, Infinity))
const anything = fc.oneof(text, integer, real, fc.uint8Array())

/** Values of one column as a driver gives them: integers as bigint. */
const values: readonly fc.Arbitrary<Value>[] = [
  fc.bigInt(-(2n ** 31n), 2n ** 31n - 1n),
  fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n),
  integer,
  real,
  fc.oneof(real, integer),
  text,
  fc.constantFrom('new', 'open', 'déjà', ''),
  fc.uint8Array(),
  fc.constant(null),
  anything,
]

const column = fc
  .tuple(fc.constantFrom(...values), fc.constantFrom(0, 0, 1, 4))
  .map(([of, nulls]) => (nulls === 0 ? of : fc.option(of, { freq: nulls })))

/** Tables as a driver gives them, of so many rows at most. */
export function tables(mostRows: number): fc.Arbitrary<{ readonly width: number; readonly rows: Tuple[] }> {
  return fc.tuple(fc.array(column, { minLength: 1, maxLength: 6 }), fc.nat(mostRows)).chain(([columns, length]) =>
    fc.tuple(...columns.map((of) => fc.array(of, { minLength: length, maxLength: length }))).map((all) => ({
      width: all.length,
      rows: Array.from({ length }, (_, i) => all.map((of) => of[i] as Value)),
    })),
  )
}

/** A driver's rows as a caller gets them: an integer that JavaScript's numbers hold exactly is one. */
export function asGiven(rows: readonly Tuple[]): Tuple[] {
  const narrow = (value: Value) => (typeof value === 'bigint' && BigInt(Number(value)) === value ? safe(value) : value)
  return rows.map((row) => row.map(narrow))
}

function safe(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Proves that a batch holds just these rows, each column in the type that its values ask for. */
export function holds(batch: ColumnBatch, names: readonly string[], rows: readonly Tuple[]): void {
  assert.equal(batch.length, rows.length)
  assert.deepEqual(Object.keys(batch.columns), names)
  for (const [i, name] of names.entries()) {
    const values = rows.map((row) => row[i] as Value)
    const found = batch.columns[name] as ColumnValues
    assert.equal(found.type, typeOf(values), name)
    assert.equal(found.values.length, rows.length, name)
    assert.deepEqual(rowsOf(found), values, name)
  }
}

/** The type that a column of these values must have, worked out in the plainest way. */
function typeOf(all: readonly Value[]): ColumnValues['type'] {
  const values = all.filter((value) => value !== null)
  const every = (is: (value: Value) => boolean) => values.every(is)
  const number = (value: Value) => typeof value === 'number'
  const whole = (value: Value) => Number.isSafeInteger(value) && !Object.is(value, -0)
  if (values.length === 0) return 'null'
  if (every((value) => typeof value === 'string')) return 'text'
  if (every((value) => value instanceof Uint8Array)) return 'bytes'
  if (every((value) => whole(value) && Math.abs(value as number) <= 2 ** 31 && (value as number) !== 2 ** 31))
    return 'int32'
  if (every(number)) return 'float64'
  return every((value) => typeof value === 'bigint' || whole(value)) ? 'int64' : 'mixed'
}

const arrays: Readonly<Record<string, unknown>> = { int32: Int32Array, float64: Float64Array, int64: BigInt64Array }

/** The values of a column as rows have them. */
function rowsOf(column: ColumnValues): Value[] {
  if (!('nulls' in column)) {
    assert.ok(Array.isArray(column.values))
    return [...column.values]
  }
  const { type, values, nulls } = column
  assert.equal(values.constructor, arrays[type])
  assert.ok(values.buffer instanceof ArrayBuffer && values.buffer.byteLength === values.byteLength)
  assert.ok(nulls === null || (nulls.length === values.length && nulls.includes(1)))
  return Array.from(values as ArrayLike<number | bigint>, (value, i) => {
    if (!nulls?.[i]) return typeof value === 'bigint' ? safe(value) : value
    assert.equal(Number(value), 0)
    return null
  })
}
