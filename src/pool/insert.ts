import { ProgrammingError } from '../contract/errors.ts'
import { describe, invalidOption } from './options.ts'

/** Rows to insert: objects by column name, or tuples. */
export type InsertRows = Iterable<unknown> | AsyncIterable<unknown>

/** An INSERT statement and the values for it, made from the first row on. */
export interface Insert {
  readonly sql: string
  readonly sets: AsyncIterable<unknown> | Iterable<unknown>
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
  const peeked = await peek(rows)
  if (!peeked) return null
  const names = columns ?? columnsOf(peeked.first)
  const width = names?.length ?? (peeked.first as unknown[]).length
  if (width === 0) throw invalidRow(0, 'has no columns')
  const list = names ? ` (${names.map(quote).join(', ')})` : ''
  const sql = `INSERT INTO ${quote(table)}${list} VALUES (${Array(width).fill('?').join(', ')})`
  return { sql, sets: peeked.map((row, index) => valuesOf(row, index, names, width)) }
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

function valuesOf(row: unknown, index: number, names: readonly string[] | null, width: number): readonly unknown[] {
  if (Array.isArray(row)) {
    if (row.length !== width) throw invalidRow(index, `has ${row.length} values where ${width} are expected`)
    return row
  }
  if (typeof row !== 'object' || row === null) throw invalidRow(index, `is ${describe(row)}, not an object or an array`)
  if (!names) throw invalidRow(index, 'is an object where the first row is an array: name the columns')
  const object = row as Record<string, unknown>
  const values = names.map((name) => {
    if (!Object.hasOwn(object, name)) throw invalidRow(index, `has no value for the column ${JSON.stringify(name)}`)
    return object[name]
  })
  const extra = Object.keys(object).length > names.length && Object.keys(object).find((name) => !names.includes(name))
  if (extra) throw invalidRow(index, `has a value for ${JSON.stringify(extra)}, which is not among the columns`)
  return values
}

function invalidRow(index: number, problem: string): ProgrammingError {
  return new ProgrammingError(`row ${index} ${problem}`, { code: 'INVALID_ROW', kind: 'parameters', index })
}

interface Peeked {
  readonly first: unknown
  map(convert: (row: unknown, index: number) => unknown): AsyncIterable<unknown> | Iterable<unknown>
}

async function peek(rows: InsertRows): Promise<Peeked | null> {
  if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows || Symbol.asyncIterator in rows)) {
    throw new ProgrammingError(`the rows must be an iterable or an async iterable, not ${describe(rows)}`, {
      code: 'INVALID_SETS',
      kind: 'usage',
    })
  }
  return Symbol.asyncIterator in rows ? peekAsync(rows) : peekSync(rows)
}

function peekSync(rows: Iterable<unknown>): Peeked | null {
  const source = rows[Symbol.iterator]()
  const { done, value: first } = source.next()
  if (done) return null
  return {
    first,
    *map(convert) {
      try {
        yield convert(first, 0)
        for (let index = 1, next = source.next(); !next.done; next = source.next()) yield convert(next.value, index++)
      } finally {
        source.return?.()
      }
    },
  }
}

async function peekAsync(rows: AsyncIterable<unknown>): Promise<Peeked | null> {
  const source = rows[Symbol.asyncIterator]()
  const { done, value: first } = await source.next()
  if (done) return null
  return {
    first,
    async *map(convert) {
      try {
        yield convert(first, 0)
        for (let index = 1, next = await source.next(); !next.done; next = await source.next()) {
          yield convert(next.value, index++)
        }
      } finally {
        await source.return?.()
      }
    },
  }
}
