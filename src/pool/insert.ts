import { ProgrammingError } from '../contract/errors.ts'
import type { Job } from './bulk.ts'
import { END, Feed } from './feed.ts'
import { describe, invalidOption } from './options.ts'
import { pickerOf } from './pick.ts'
import type { ReadSet } from './sets.ts'

/** Rows to insert: objects by column name, or tuples. */
export type InsertRows = Iterable<unknown> | AsyncIterable<unknown>

/** The table to insert into and what is known of the columns. */
export interface InsertTarget {
  readonly table: string
  readonly columns: readonly string[] | undefined
  readonly quote: (name: string) => string
  readonly placeholder: (position: number) => string
}

/**
 * Makes the statement that inserts such rows, and runs it with them: the columns are the given ones, or the names of the
 * first row. Nothing is run when there are no rows at all. However it ends, the source of the rows is closed.
 */
export async function insertRows(
  target: InsertTarget,
  rows: InsertRows,
  run: (insert: Job) => Promise<{ rowCount: number }>,
): Promise<{ rowCount: number }> {
  if (target.columns !== undefined) checkColumns(target.columns)
  const feed = new Feed(rows, 'the rows')
  try {
    const first = await feed.first()
    return first === END ? { rowCount: 0 } : await run(insertOf(target, feed, first))
  } finally {
    await feed.close()
  }
}

function insertOf({ table, columns, quote, placeholder }: InsertTarget, feed: Feed, first: unknown): Job {
  const names = columns ?? columnsOf(first)
  const width = names?.length ?? (first as unknown[]).length
  if (width === 0) throw invalidRow(0, 'has no columns')
  const list = names ? ` (${names.map(quote).join(', ')})` : ''
  const places = Array.from({ length: width }, (_, at) => placeholder(at + 1))
  const sql = `INSERT INTO ${quote(table)}${list} VALUES (${places.join(', ')})`
  return { sql, feed, read: rowReader(names, width) }
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
