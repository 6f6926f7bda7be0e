import { ProgrammingError } from '../contract/errors.ts'
import type { Description, RowMode } from '../contract/value.ts'
import type { ByteReader } from './byte-reader.ts'

/** Reads one row off a message. */
export type RowDecoder = (reader: ByteReader) => unknown

const CACHED_DECODERS = 500
const decoders = new Map<string, RowDecoder>()

/**
 * The decoder of rows with these columns. Objects are built by code made once per list of names: names enter it only
 * as JSON strings, so no name is ever code, and `__proto__` is a property like any other. Where making code is forbidden,
 * a loop does the same.
 */
export function rowDecoder(description: Description, mode: RowMode): RowDecoder {
  if (mode === 'array') return tupleDecoder(description.length)
  const names = description.map((column) => column.name)
  refuseDuplicates(names)
  const key = JSON.stringify(names)
  const known = decoders.get(key)
  if (known) return known
  const decoder = generated(names) ?? looped(names)
  if (decoders.size >= CACHED_DECODERS) decoders.delete(decoders.keys().next().value as string)
  decoders.set(key, decoder)
  return decoder
}

function tupleDecoder(width: number): RowDecoder {
  return (reader) => {
    const row = new Array(width)
    for (let i = 0; i < width; i++) row[i] = reader.value()
    return row
  }
}

function generated(names: readonly string[]): RowDecoder | null {
  const properties = names.map((name) => `${literalKey(name)}: reader.value()`)
  try {
    return new Function('reader', `return {${properties.join(',')}}`) as RowDecoder
  } catch (error) {
    if (error instanceof EvalError) return null
    throw error
  }
}

// A plain key makes the fastest objects; only as a computed key is `__proto__` a property and not the prototype.
function literalKey(name: string): string {
  const text = JSON.stringify(name)
  return name === '__proto__' ? `[${text}]` : text
}

function looped(names: readonly string[]): RowDecoder {
  return (reader) => {
    const row: Record<string, unknown> = {}
    for (const name of names) {
      const value = reader.value()
      if (name === '__proto__') Object.defineProperty(row, name, { value, ...ordinary })
      else row[name] = value
    }
    return row
  }
}

const ordinary = { enumerable: true, configurable: true, writable: true }

function refuseDuplicates(names: readonly string[]): void {
  const duplicate = names.find((name, i) => names.indexOf(name) !== i)
  if (duplicate === undefined) return
  throw new ProgrammingError(
    `the result has more than one column named ${JSON.stringify(duplicate)}, and a row object could hold only one of them: ` +
      "give each a name of its own with AS, or ask for tuples with { rowMode: 'array' }",
    { code: 'DUPLICATE_COLUMN', kind: 'usage' },
  )
}
