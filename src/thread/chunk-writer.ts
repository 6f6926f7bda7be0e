import type { Tuple } from '../contract/value.ts'
import { type ByteWriter, boundOf, textBound } from './byte-writer.ts'
import { aligned, COLUMN_HEAD, columnTag, NO_TERM } from './chunk.ts'

/** Kinds of values, as bits: a column may hold several. */
const kind = { null: 1, bigint: 2, number: 4, text: 8, bytes: 16, other: 32 } as const
const NUMERIC = kind.bigint | kind.number

/** How many texts are looked at to guess whether they repeat, and how many different ones there may be among them. */
const SAMPLE = 16
const SAMPLE_TERMS = 4

/** Writes rows as the columns of a chunk. Looks at the rows first, to know what each column holds and how large it is. */
export class ChunkWriter {
  /** The most bytes that the rows looked at will take. */
  bound = 0
  #rows: readonly Tuple[] = []
  #from = 0
  #to = 0
  #kinds: number[] = []

  /** Chooses the rows from `from` on, up to `to`. */
  look(rows: readonly Tuple[], from: number, to: number): void {
    this.#rows = rows
    this.#from = from
    this.#to = to
    this.bound = 0
    const width = (rows[from] as Tuple).length
    this.#kinds = new Array(width)
    for (let column = 0; column < width; column++) this.#kinds[column] = this.#kindsOf(column)
  }

  /** Writes the rows looked at, and forgets them. */
  write(writer: ByteWriter): void {
    for (let column = 0; column < this.#kinds.length; column++) this.#column(writer, column)
    this.#rows = []
  }

  #kindsOf(column: number): number {
    const rows = this.#rows
    const to = this.#to
    let kinds = 0
    let units = 0
    let bytes = 0
    for (let i = this.#from; i < to; i++) {
      const value = (rows[i] as Tuple)[column]
      if (typeof value === 'string') {
        kinds |= kind.text
        units += value.length
      } else if (typeof value === 'bigint') kinds |= kind.bigint
      else if (typeof value === 'number') kinds |= kind.number
      else if (value === null) kinds |= kind.null
      else if (value instanceof Uint8Array) {
        kinds |= kind.bytes
        bytes += value.byteLength
      } else kinds |= kind.other
    }
    this.bound += isMixed(kinds) ? this.#mixedBound(column) : this.#plainBound(bytes + textBound(units))
    return kinds
  }

  // Nine bytes per row (a number and its NULL) are more than the lengths of text and bytes take.
  #plainBound(content: number): number {
    return 3 * COLUMN_HEAD + 9 * (this.#to - this.#from) + content
  }

  #mixedBound(column: number): number {
    let bound = 2 * COLUMN_HEAD
    for (let i = this.#from; i < this.#to; i++) bound += boundOf((this.#rows[i] as Tuple)[column])
    // Numbers of all sorts begin as a column of numbers, until one does not fit.
    return Math.max(bound, this.#plainBound(0))
  }

  #column(writer: ByteWriter, column: number): void {
    const kinds = this.#kinds[column] as number
    if (isMixed(kinds)) return this.#mixed(writer, column)
    if (kinds & NUMERIC) return this.#numbers(writer, column, (kinds & kind.null) !== 0)
    if (kinds & kind.text) return this.#repeats(column) ? this.#repeated(writer, column) : this.#text(writer, column)
    if (kinds & kind.bytes) return this.#bytes(writer, column)
    head(writer, columnTag.null)
  }

  #mixed(writer: ByteWriter, column: number): void {
    head(writer, columnTag.mixed)
    for (let i = this.#from; i < this.#to; i++) writer.databaseValue((this.#rows[i] as Tuple)[column])
  }

  #numbers(writer: ByteWriter, column: number, nullable: boolean): void {
    const count = this.#to - this.#from
    const start = head(writer, columnTag.int32)
    writer.ensure(9 * count + 8)
    if (nullable) this.#nulls(writer, column, start)
    const at = writer.position
    const { buffer } = writer.view
    if (this.#int32(new Int32Array(buffer, at, count), column)) {
      writer.position = at + 4 * count
      return
    }
    writer.position = at + 8 * count
    if (this.#float64(new Float64Array(buffer, at, count), column)) writer.buffer[start] = columnTag.float64
    else if (this.#int64(new BigInt64Array(buffer, at, count), column)) writer.buffer[start] = columnTag.int64
    else {
      writer.position = start
      this.#mixed(writer, column)
    }
  }

  #nulls(writer: ByteWriter, column: number, start: number): void {
    const { buffer, position } = writer
    const from = this.#from
    const count = this.#to - from
    buffer[start + 1] = 1
    for (let i = 0; i < count; i++) buffer[position + i] = (this.#rows[from + i] as Tuple)[column] === null ? 1 : 0
    writer.position = aligned(position + count)
  }

  #int32(out: Int32Array, column: number): boolean {
    const rows = this.#rows
    const from = this.#from
    const count = out.length
    for (let i = 0; i < count; i++) {
      const value = Number((rows[from + i] as Tuple)[column])
      const narrow = value | 0
      if (narrow !== value || (narrow === 0 && 1 / value < 0)) return false
      out[i] = narrow
    }
    return true
  }

  #float64(out: Float64Array, column: number): boolean {
    const rows = this.#rows
    const from = this.#from
    const count = out.length
    for (let i = 0; i < count; i++) {
      const value = (rows[from + i] as Tuple)[column]
      const number = Number(value)
      if (typeof value === 'bigint' && !Number.isSafeInteger(number)) return false
      out[i] = number
    }
    return true
  }

  #int64(out: BigInt64Array, column: number): boolean {
    const count = out.length
    for (let i = 0; i < count; i++) {
      const value = (this.#rows[this.#from + i] as Tuple)[column] ?? 0n
      if (typeof value === 'bigint') {
        if (BigInt.asIntN(64, value) !== value) return false
        out[i] = value
      } else if (Number.isSafeInteger(value) && !Object.is(value, -0)) out[i] = BigInt(value as number)
      else return false
    }
    return true
  }

  /** Whether the first texts are few and come again and again. */
  #repeats(column: number): boolean {
    const to = Math.min(this.#to, this.#from + SAMPLE)
    const terms: unknown[] = []
    for (let i = this.#from; i < to; i++) {
      const value = (this.#rows[i] as Tuple)[column]
      if (terms.includes(value)) continue
      if (terms.length === SAMPLE_TERMS) return false
      terms.push(value)
    }
    return true
  }

  // A term that comes again becomes one string for all its rows: less to make, and less to keep.
  #repeated(writer: ByteWriter, column: number): void {
    const start = head(writer, columnTag.repeated)
    const rows = this.#rows
    const from = this.#from
    const count = this.#to - from
    const most = Math.min(NO_TERM, count >> 2)
    const terms = new Map<string, number>()
    writer.ensure(count + 8)
    const { buffer, position } = writer
    for (let i = 0; i < count; i++) {
      const value = (rows[from + i] as Tuple)[column] as string | null
      let number = value === null ? NO_TERM : terms.get(value)
      if (number === undefined) {
        if (terms.size === most) {
          writer.position = start
          return this.#text(writer, column)
        }
        number = terms.size
        terms.set(value as string, number)
      }
      buffer[position + i] = number
    }
    buffer[start + 1] = terms.size
    writer.position = aligned(position + count)
    const lengths = lengthsOf(writer, terms.size)
    let text = ''
    for (const [term, number] of terms) {
      lengths[number] = term.length
      text += term
    }
    writeText(writer, start, text)
  }

  #text(writer: ByteWriter, column: number): void {
    const start = head(writer, columnTag.text)
    const rows = this.#rows
    const from = this.#from
    const lengths = lengthsOf(writer, this.#to - from)
    let text = ''
    for (let i = 0; i < lengths.length; i++) {
      const value = (rows[from + i] as Tuple)[column] as string | null
      if (value === null) lengths[i] = -1
      else {
        lengths[i] = value.length
        text += value
      }
    }
    writeText(writer, start, text)
  }

  #bytes(writer: ByteWriter, column: number): void {
    head(writer, columnTag.bytes)
    const from = this.#from
    const lengths = lengthsOf(writer, this.#to - from)
    for (let i = 0; i < lengths.length; i++) {
      const value = (this.#rows[from + i] as Tuple)[column] as Uint8Array | null
      lengths[i] = value === null ? -1 : value.byteLength
    }
    for (let i = from; i < this.#to; i++) {
      const value = (this.#rows[i] as Tuple)[column] as Uint8Array | null
      if (value !== null) writer.rawBytes(value)
    }
  }
}

/** Whether values of different sorts stand in one column, or such as no array of one sort can hold. */
function isMixed(kinds: number): boolean {
  const sorts = kinds & ~kind.null
  return sorts !== kind.text && sorts !== kind.bytes && (sorts & ~NUMERIC) !== 0
}

function writeText(writer: ByteWriter, start: number, text: string): void {
  const at = writer.position
  const encoding = writer.textBlock(text)
  writer.buffer[start + 2] = encoding
  writer.view.setUint32(start + 4, writer.position - at, true)
}

/** Starts a column and tells where. */
function head(writer: ByteWriter, tag: number): number {
  writer.ensure(2 * COLUMN_HEAD)
  const start = aligned(writer.position)
  writer.view.setUint32(start, tag, true)
  writer.view.setUint32(start + 4, 0, true)
  writer.position = start + COLUMN_HEAD
  return start
}

function lengthsOf(writer: ByteWriter, count: number): Int32Array {
  writer.ensure(4 * count)
  const lengths = new Int32Array(writer.view.buffer, writer.position, count)
  writer.position += 4 * count
  return lengths
}
