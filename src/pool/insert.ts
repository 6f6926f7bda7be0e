import { ProgrammingError } from '../contract/errors.ts'
import { END, Feed } from './feed.ts'
import { describe, invalidOption } from './options.ts'
import { pickerOf } from './pick.ts'
import type { ReadSet } from './sets.ts'

/** Rows to insert: objects by column name, or tuples. */
export type InsertRows = Iterable<unknown> | AsyncIterable<unknown>

/** An INSERT statement, the rows for it, and how their values are read. */
export interface Insert {
  readonly sql: string
  readonly feed: Feed
  readonly read: ReadSet
}

/**
 * Makes the statement that inserts such rows: the columns are the given ones, or the names of the first row. Null when
 * there are no rows at all.
 */
export async function insertOf(
  table: string,
  rows: InsertRows,
  columns: readonly string[] | undefined,
  quote: (name: string) => string,
): Promise<Insert | null> {
  if (columns !== undefined) checkColumns(columns)
  const feed = new Feed(rows, 'the rows')
  const first = await feed.first()
  if (first === END) return null
  try {
    const names = columns ?? columnsOf(first)
    const width = names?.length ?? (first as unknown[]).length
    if (width === 0) throw invalidRow(0, 'has no columns')
    const list = names ? ` (${names.map(quote).join(', ')})` : ''
    const sql = `INSERT INTO ${quote(table)}${list} VALUES (${Array(width).fill('?').join(', ')})`
    return { sql, feed, read: rowReader(names, width) }
  } catch (error) {
    await feed.close()
    throw error
  }
}

function checkColumns(columns: unknown): void {
  if (Array.isArray(columns) && columns.every((name) => typeof name === 'string')) return
  throw invalidOption(TypeError, 'columns must be an array of names')
}

function columnsOf(row: unknown): readonly string[] | null {
  if (Array.isArray(row)) return null
  if (typeof row !== 'object' || row === null) throw invalidRow(0, `is ${describe(row)}, not an object or an array`)
  return Object.keys(row)
}

function rowReader(names: readonly string[] | null, width: number): ReadSet {
  const pick = names && pickerOf(names)
  return (row, index, into, at) => {
    if (Array.isArray(row)) {
      if (row.length !== width) throw invalidRow(index, `has ${row.length} values where ${width} are expected`)
      for (let i = 0; i < width; i++) into[at + i] = row[i]
      return width
    }
    if (typeof row !== 'object' || row === null)
      throw invalidRow(index, `is ${describe(row)}, not an object or an array`)
    if (!names) throw invalidRow(index, 'is an object where the first row is an array: name the columns')
    if (!pick?.(row, into, at)) readByName(row as Record<string, unknown>, index, names, into, at)
    return width
  }
}

function readByName(
  row: Record<string, unknown>,
  index: number,
  names: readonly string[],
  into: unknown[],
  at: number,
): void {
  for (const [i, name] of names.entries()) {
    if (!Object.hasOwn(row, name)) throw invalidRow(index, `has no value for the column ${JSON.stringify(name)}`)
    into[at + i] = row[name]
  }
  const keys = Object.keys(row)
  const extra = keys.length > names.length && keys.find((name) => !names.includes(name))
  if (extra) throw invalidRow(index, `has a value for ${JSON.stringify(extra)}, which is not among the columns`)
}

function invalidRow(index: number, problem: string): ProgrammingError {
  return new ProgrammingError(`row ${index} ${problem}`, { code: 'INVALID_ROW', kind: 'parameters', index })
}
