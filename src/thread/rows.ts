import { namesOf, setOwn } from '../contract/columns.ts'
import type { Description, RowMode } from '../contract/value.ts'
import type { ValueSource } from './chunk-reader.ts'

/** Whatever gives the values of a row, one after the other. */
export interface ValueReader {
  value(): unknown
}

/** Reads one row, off a message or whatever else has its values. */
export type RowDecoder = (reader: ValueReader) => unknown

/** Adds the rows of a chunk, given as its columns, to those that are there. */
export type RowBuilder = (rows: unknown[], count: number, columns: readonly ValueSource[]) => void

const CACHED = 500
const decoders = new Map<string, RowDecoder>()
const builders = new Map<string, RowBuilder>()

/**
 * The decoder of rows with these columns. Objects are built by code made once per list of names: names enter it only
 * as JSON strings, so no name is ever code, and `__proto__` is a property like any other. Where making code is forbidden,
 * a loop does the same.
 */
export function rowDecoder(description: Description, mode: RowMode): RowDecoder {
  if (mode === 'array') return tupleDecoder(description.length)
  const names = namesOf(description)
  return remembered(decoders, JSON.stringify(names), () => generated(names) ?? looped(names))
}

/** The builder of rows with these columns, made in the same way. */
export function rowBuilder(description: Description, mode: RowMode): RowBuilder {
  if (mode === 'array') {
    const width = description.length
    return remembered(builders, String(width), () => generatedBuilder(tupleCode(width)) ?? loopedTuples)
  }
  const names = namesOf(description)
  return remembered(builders, JSON.stringify(names), () => generatedBuilder(objectCode(names)) ?? loopedBuilder(names))
}

function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key)
  if (known) return known
  const made = make()
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value as string)
  cache.set(key, made)
  return made
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
  return compiled(['reader'], `return {${properties.join(',')}}`) as RowDecoder | null
}

function objectCode(names: readonly string[]): { readonly width: number; readonly row: string } {
  return { width: names.length, row: `{${names.map((name, i) => `${literalKey(name)}: c${i}[i]`).join(',')}}` }
}

function tupleCode(width: number): { readonly width: number; readonly row: string } {
  return { width, row: `[${Array.from({ length: width }, (_, i) => `c${i}[i]`).join(',')}]` }
}

function generatedBuilder({ width, row }: { readonly width: number; readonly row: string }): RowBuilder | null {
  const columns = Array.from({ length: width }, (_, i) => `const c${i} = columns[${i}]`).join(';')
  const body = `${columns};for (let i = 0; i < count; i++) rows.push(${row})`
  return compiled(['rows', 'count', 'columns'], body) as RowBuilder | null
}

function compiled(parameters: readonly string[], body: string): unknown {
  try {
    return new Function(...parameters, body)
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
    for (const name of names) setOwn(row, name, reader.value())
    return row
  }
}

function loopedBuilder(names: readonly string[]): RowBuilder {
  return (rows, count, columns) => {
    for (let i = 0; i < count; i++) {
      const row: Record<string, unknown> = {}
      for (let j = 0; j < names.length; j++) setOwn(row, names[j] as string, columns[j]?.[i])
      rows.push(row)
    }
  }
}

function loopedTuples(rows: unknown[], count: number, columns: readonly ValueSource[]): void {
  for (let i = 0; i < count; i++) {
    const row = new Array(columns.length)
    for (let j = 0; j < columns.length; j++) row[j] = columns[j]?.[i]
    rows.push(row)
  }
}
