import { namesOf, setOwn } from '../../contract/columns.ts'
import type { RowMode, Value } from '../../contract/index.ts'
import { ProtocolError } from './errors.ts'
import type { Result } from './fields.ts'
import { type ReadValue, readerOf } from './values.ts'

/** Reads one row, which stands in `bytes` from `at` to `end`. */
export type ReadRow = (bytes: Buffer, at: number, end: number) => unknown

/** Code for wider rows would cost more than it gains. */
const MOST_GENERATED = 200

/**
 * The reader of rows with these columns: code made once per statement, in which names stand only as JSON strings, so that
 * no name is ever code. Where making code is forbidden, a loop does the same.
 *
 * @throws {ProgrammingError} when objects are asked for and two columns have the same name
 */
export function rowReader({ fields, description }: Result, mode: RowMode, typed: boolean): ReadRow {
  const readers = fields.map(({ oid }) => readerOf(oid, typed))
  const names = mode === 'object' ? namesOf(description) : null
  return generated(readers, names) ?? looped(readers, names)
}

function generated(readers: readonly ReadValue[], names: readonly string[] | null): ReadRow | null {
  if (readers.length > MOST_GENERATED) return null
  const distinct = [...new Set(readers)]
  const columns = readers.map((reader, i) => columnCode(i, distinct.indexOf(reader)))
  const row = names
    ? `{${names.map((name, i) => `${literalKey(name)}: c${i}`).join(',')}}`
    : `[${readers.map((_, i) => `c${i}`).join(',')}]`
  const body = `
    return (bytes, at, end) => {
      if (((bytes[at] << 8) | bytes[at + 1]) !== ${readers.length}) misfit()
      at += 2
      let length = 0
      ${columns.join('\n')}
      if (at !== end) misfit()
      return ${row}
    }`
  try {
    const make = new Function('misfit', ...distinct.map((_, i) => `read${i}`), body)
    return make(misfit, ...distinct) as ReadRow
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}

function columnCode(i: number, reader: number): string {
  return `
    length = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
    at += 4
    let c${i} = null
    if (length >= 0) {
      if (at + length > end) misfit()
      c${i} = read${reader}(bytes, at, length)
      at += length
    }`
}

// Only as a computed key is `__proto__` a property and not the prototype.
function literalKey(name: string): string {
  const text = JSON.stringify(name)
  return name === '__proto__' ? `[${text}]` : text
}

function looped(readers: readonly ReadValue[], names: readonly string[] | null): ReadRow {
  return (bytes, from, end) => {
    if (bytes.readUInt16BE(from) !== readers.length) misfit()
    const tuple: Value[] = []
    let at = from + 2
    for (const read of readers) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (at + length > end) misfit()
      tuple.push(length < 0 ? null : read(bytes, at, length))
      at += Math.max(0, length)
    }
    if (at !== end) misfit()
    return names ? objectOf(names, tuple) : tuple
  }
}

function objectOf(names: readonly string[], tuple: readonly Value[]): object {
  const row: Record<string, unknown> = {}
  for (const [i, name] of names.entries()) setOwn(row, name, tuple[i])
  return row
}

function misfit(): never {
  throw new ProtocolError('a row does not fit its columns')
}
