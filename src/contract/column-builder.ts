import { isWhole, widest } from './column-values.ts'
import { type ColumnType, type ColumnValues, narrowed } from './columns.ts'

type NumberArray = Int32Array | Float64Array | BigInt64Array
type NumberType = 'int32' | 'float64' | 'int64'

const arrays = { int32: Int32Array, float64: Float64Array, int64: BigInt64Array } as const

/** So many parts are joined at once: they are arguments of one call. */
const MOST_PARTS = 1024

/** Joins arrays. Joined at the end they cost a tenth of what it costs to push their values one by one. */
class Joined {
  #parts: (readonly unknown[])[] = []
  #before: (readonly unknown[])[] = []

  add(part: readonly unknown[]): void {
    this.#parts.push(part)
    if (this.#parts.length < MOST_PARTS) return
    this.#before.push(concatenated(this.#parts))
    this.#parts = []
  }

  all(): readonly unknown[] {
    return concatenated([...this.#before, ...this.#parts])
  }
}

function concatenated(parts: readonly (readonly unknown[])[]): readonly unknown[] {
  return parts.length === 1 ? (parts[0] as readonly unknown[]) : ([] as unknown[]).concat(...parts)
}

/** Joins the parts of one column. What is given is copied, save the values of text, bytes and mixed columns. */
export class ColumnBuilder {
  #type: ColumnType = 'null'
  #length = 0
  /** Room for numbers, as long as all values are numbers. */
  #numbers: NumberArray = new Int32Array(0)
  #nulls: Uint8Array | null = null
  /** The values, as soon as there are others than numbers. */
  readonly #plain = new Joined()

  /** Adds the values of `count` more rows. */
  append(part: ColumnValues, count: number): void {
    const type = this.#typeWith(part)
    if (type !== this.#type) this.#become(type)
    if (type === 'null') this.#length += count
    else if (isNumber(type)) this.#appendNumbers(part, count)
    else this.#appendPlain(part, count)
  }

  /** The column. Nothing may be added afterwards. */
  finish(): ColumnValues {
    const type = this.#type
    if (type === 'null') return { type, values: new Array<null>(this.#length).fill(null) }
    if (!isNumber(type)) return { type, values: this.#plain.all() } as ColumnValues
    const values = cut(this.#numbers, this.#length)
    const nulls = this.#nulls && cut(this.#nulls, this.#length)
    return { type, values, nulls } as ColumnValues
  }

  // A number that is not whole keeps integers beyond 2^53 from becoming one type with it.
  #typeWith(part: ColumnValues): ColumnType {
    const type = widest(this.#type, part.type)
    if (type !== 'int64') return type
    const here = this.#type !== 'float64' || areWhole(this.#numbers.subarray(0, this.#length) as Float64Array)
    return here && (part.type !== 'float64' || areWhole(part.values)) ? type : 'mixed'
  }

  #become(type: ColumnType): void {
    const before = this.#type
    const values = this.#numbers
    this.#type = type
    if (isNumber(type)) {
      this.#numbers = new arrays[type](Math.max(values.length, this.#length))
      if (before === 'null') this.#markNulls(0, this.#length)
      else copy(values, this.#numbers, 0, this.#length)
    } else if (before === 'null') this.#plain.add(new Array(this.#length).fill(null))
    else if (isNumber(before)) this.#plain.add(plainNumbers(values, this.#nulls, this.#length))
  }

  #appendNumbers(part: ColumnValues, count: number): void {
    const from = this.#length
    this.#length += count
    this.#reserve(this.#length)
    if (part.type === 'null') this.#markNulls(from, count)
    else if ('nulls' in part) {
      copy(part.values, this.#numbers, from, count)
      if (part.nulls) this.#nullMarks().set(part.nulls, from)
    }
  }

  #appendPlain(part: ColumnValues, count: number): void {
    this.#length += count
    this.#plain.add('nulls' in part ? plainNumbers(part.values, part.nulls, count) : part.values)
  }

  #reserve(length: number): void {
    if (length <= this.#numbers.length) return
    const capacity = Math.max(length, this.#numbers.length * 2)
    const numbers = new arrays[this.#type as NumberType](capacity)
    numbers.set(this.#numbers as never)
    this.#numbers = numbers
    const nulls = this.#nulls
    if (!nulls) return
    this.#nulls = new Uint8Array(capacity)
    this.#nulls.set(nulls)
  }

  #markNulls(from: number, count: number): void {
    this.#reserve(from + count)
    if (count > 0) this.#nullMarks().fill(1, from, from + count)
  }

  #nullMarks(): Uint8Array {
    this.#nulls ??= new Uint8Array(this.#numbers.length)
    return this.#nulls
  }
}

function isNumber(type: ColumnType): type is NumberType {
  return type in arrays
}

function areWhole(values: Float64Array): boolean {
  return values.every(isWhole)
}

/** Copies numbers to where they are as wide, or wider. */
function copy(values: NumberArray, to: NumberArray, at: number, count: number): void {
  const own = values.length === count ? values : values.subarray(0, count)
  if (!(to instanceof BigInt64Array)) to.set(own as Int32Array | Float64Array, at)
  else if (own instanceof BigInt64Array) to.set(own, at)
  else for (let i = 0; i < count; i++) to[at + i] = BigInt(own[i] as number)
}

/** Numbers as rows have them. */
function plainNumbers(values: NumberArray, nulls: Uint8Array | null, count: number): unknown[] {
  const plain = new Array(count)
  for (let i = 0; i < count; i++) {
    const value = values[i] as number | bigint
    if (nulls && nulls[i] === 1) plain[i] = null
    else plain[i] = typeof value === 'bigint' ? narrowed(value) : value
  }
  return plain
}

/** The first values, in memory of just that size. */
function cut<Values extends NumberArray | Uint8Array>(values: Values, length: number): Values {
  if (values.length === length) return values
  const buffer = (values.buffer as ArrayBuffer).transfer(length * values.BYTES_PER_ELEMENT)
  const Class = values.constructor as new (buffer: ArrayBuffer) => Values
  return new Class(buffer)
}
