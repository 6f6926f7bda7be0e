import { type ColumnValues, narrowed } from '../contract/columns.ts'
import type { Value } from '../contract/value.ts'
import type { ByteReader } from './byte-reader.ts'
import { aligned, COLUMN_HEAD, columnTag, NO_TERM } from './chunk.ts'

/** What a row's value is taken from. */
export type ValueSource = Int32Array | Float64Array | readonly unknown[]

/**
 * Reads the next column of a chunk with so many rows. Numbers are read where they lie: they must be used before the
 * message is released.
 */
export function readColumn(reader: ByteReader, count: number): ColumnValues {
  const start = aligned(reader.position)
  reader.position = start + COLUMN_HEAD
  const tag = reader.buffer[start]
  switch (tag) {
    case columnTag.null:
      return { type: 'null', values: new Array(count).fill(null) }
    case columnTag.text:
      return { type: 'text', values: readText(reader, start, count) }
    case columnTag.repeated:
      return { type: 'text', values: readRepeated(reader, start, count) }
    case columnTag.bytes:
      return { type: 'bytes', values: readBytes(reader, count) }
    case columnTag.mixed:
      return { type: 'mixed', values: readMixed(reader, count) as Value[] }
    default:
      return readNumbers(reader, start, count)
  }
}

/** Reads the next column as the values that rows have, NULLs included. */
export function readSource(reader: ByteReader, count: number): ValueSource {
  const column = readColumn(reader, count)
  switch (column.type) {
    case 'int32':
    case 'float64':
      return column.nulls ? withNulls(column.values, column.nulls) : column.values
    case 'int64':
      return withNulls(Array.from(column.values, narrowed), column.nulls)
    default:
      return column.values
  }
}

function withNulls(values: ArrayLike<unknown>, nulls: Uint8Array | null): unknown[] {
  const plain = new Array(values.length)
  for (let i = 0; i < plain.length; i++) plain[i] = nulls && nulls[i] === 1 ? null : values[i]
  return plain
}

function readNumbers(reader: ByteReader, start: number, count: number): ColumnValues {
  const { buffer } = reader.view
  const nulls = reader.buffer[start + 1] === 1 ? new Uint8Array(buffer, reader.position, count) : null
  const at = nulls ? aligned(reader.position + count) : reader.position
  const tag = reader.buffer[start]
  reader.position = at + count * (tag === columnTag.int32 ? 4 : 8)
  if (tag === columnTag.int32) return { type: 'int32', values: new Int32Array(buffer, at, count), nulls }
  if (tag === columnTag.float64) return { type: 'float64', values: new Float64Array(buffer, at, count), nulls }
  if (tag === columnTag.int64) return { type: 'int64', values: new BigInt64Array(buffer, at, count), nulls }
  throw new Error(`the ring holds a column with the unknown tag ${tag} at ${start}`)
}

function readRepeated(reader: ByteReader, start: number, count: number): (string | null)[] {
  const { buffer, position } = reader
  reader.position = aligned(position + count)
  const terms = readText(reader, start, buffer[start + 1] as number)
  const values = new Array<string | null>(count)
  for (let i = 0; i < count; i++) {
    const number = buffer[position + i] as number
    values[i] = number === NO_TERM ? null : (terms[number] as string)
  }
  return values
}

function readText(reader: ByteReader, start: number, count: number): (string | null)[] {
  const lengths = readLengths(reader, count)
  const end = reader.position + reader.view.getUint32(start + 4, true)
  const text = reader.textBlock(reader.position, end, reader.buffer[start + 2] as number)
  reader.position = end
  const values = new Array<string | null>(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    const length = lengths[i] as number
    if (length < 0) values[i] = null
    else {
      values[i] = text.slice(at, at + length)
      at += length
    }
  }
  return values
}

function readBytes(reader: ByteReader, count: number): (Uint8Array | null)[] {
  const lengths = readLengths(reader, count)
  const values = new Array<Uint8Array | null>(count)
  for (let i = 0; i < count; i++) {
    const length = lengths[i] as number
    values[i] = length < 0 ? null : reader.bytes(length)
  }
  return values
}

function readMixed(reader: ByteReader, count: number): unknown[] {
  const values = new Array(count)
  for (let i = 0; i < count; i++) values[i] = reader.value()
  return values
}

function readLengths(reader: ByteReader, count: number): Int32Array {
  const lengths = new Int32Array(reader.view.buffer, reader.position, count)
  reader.position += 4 * count
  return lengths
}
