import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, invalidOption, NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import { SqlError } from '../../contract/errors.ts'
import type { Value } from '../../contract/value.ts'
import type { ManyOptions } from '../../pool/calls.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Statement } from '../statement.ts'
import { areAlike, RowReader } from './given-row.ts'
import type { NewRow } from './new-row.ts'
import { keptOfNew } from './upkeep.ts'

/** Rows by attribute, to be written without records. */
export type GivenRows = Iterable<unknown> | AsyncIterable<unknown>

/** Makes the statement that writes rows such as this one. */
export type RowStatement = (row: NewRow) => Statement

/**
 * Writes rows, all or none, as fast as the database takes them; gives how many it changed. Rows that have values for the
 * same attributes and follow one another are written by one statement.
 */
export async function writeRows(
  definition: Definition,
  rows: GivenRows,
  statement: RowStatement,
  options: ManyOptions = NO_OPTIONS,
): Promise<number> {
  const { onProgress, ...limits } = checkMany(options)
  const job: Job = { definition, statement, onProgress: onProgress && onlyForward(onProgress) }
  if (!Array.isArray(rows)) return await definition.database.transaction(limits, () => inRuns(job, rows))
  if (rows.length === 0) return 0
  try {
    return await alike(job, rows, limits)
  } catch (error) {
    if (error !== NOT_ALIKE) throw error
  }
  return await definition.database.transaction(limits, () => inRuns(job, rows))
}

/** What rows are written by, and who is told how far that is. */
interface Job {
  readonly definition: Definition
  readonly statement: RowStatement
  readonly onProgress: Progress | undefined
}

type Progress = (rows: number) => void | Promise<void>

function checkMany(options: ManyOptions): ManyOptions {
  const own = ownOptions(options, ['onProgress', 'signal', 'timeout'], 'the call')
  const { onProgress } = own
  if (onProgress === undefined || typeof onProgress === 'function') return own
  throw invalidOption(TypeError, `onProgress must be a function, not ${describe(onProgress)}`)
}

// Rows that turn out to be of several kinds are written again from the first.
function onlyForward(onProgress: Progress): Progress {
  const call = AsyncLocalStorage.bind(onProgress)
  let told = 0
  return async (rows) => {
    if (rows <= told) return
    told = rows
    await call(rows)
  }
}

/** Thrown by a source of rows that turn out to be of several kinds. */
const NOT_ALIKE = Symbol('not alike')

// Most arrays have rows of one kind, and then one statement is its own transaction.
async function alike(
  { definition, statement, onProgress }: Job,
  rows: readonly unknown[],
  limits: ManyOptions,
): Promise<number> {
  const reader = new RowReader(definition, keptOfNew(definition))
  const first = reader.read(rows[0])
  function* values(): Generator<Value[]> {
    yield first.values as Value[]
    for (let at = 1; at < rows.length; at++) {
      const row = reader.read(rows[at])
      if (!areAlike(row, first)) throw NOT_ALIKE
      yield row.values as Value[]
    }
  }
  const options = onProgress ? { ...limits, onProgress } : limits
  const { rowCount } = await definition.database.many(statement(first), values(), options)
  return counted(definition, rowCount, rows.length)
}

async function inRuns({ definition, statement, onProgress }: Job, rows: GivenRows): Promise<number> {
  const source = new Source(rows, new RowReader(definition, keptOfNew(definition)))
  let count = 0
  try {
    for (let first = await source.next(); first; first = source.current) {
      const before = source.taken - 1
      const options = onProgress ? { onProgress: (done: number) => onProgress(before + done) } : NO_OPTIONS
      const run = definition.database.many(statement(first), source.alike(first), options)
      const { rowCount } = await numbered(before, run)
      count += counted(definition, rowCount, source.taken - 1 - before)
    }
  } finally {
    await source.close()
  }
  return count
}

// MySQL counts a row that it updated twice.
function counted({ database }: Definition, changed: number, given: number): number {
  return database.dialect === 'mysql' ? given : changed
}

/** Gives rows one by one, and knows the one that was given last. */
class Source {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  readonly #reader: RowReader
  // What the source does through the pool is none of this transaction's business.
  readonly #outside = AsyncLocalStorage.snapshot()
  current: NewRow | null = null
  taken = 0
  #ended = false

  constructor(rows: GivenRows, reader: RowReader) {
    this.#iterator = iteratorOf(rows)
    this.#reader = reader
  }

  async next(): Promise<NewRow | null> {
    const { done, value } = await this.#outside(() => this.#iterator.next())
    this.#ended = done === true
    this.taken++
    this.current = done ? null : this.#reader.read(value)
    return this.current
  }

  async *alike(first: NewRow): AsyncGenerator<Value[]> {
    for (let row: NewRow | null = first; row && areAlike(row, first); row = await this.next()) {
      yield row.values as Value[]
    }
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#iterator.return?.()
  }
}

function iteratorOf(rows: GivenRows): Iterator<unknown> | AsyncIterator<unknown> {
  const given = rows as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined
  const iterator =
    typeof given === 'string' ? null : (given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.())
  if (iterator) return iterator
  throw modelError('INVALID_QUERY', 'rows are given as an array, an iterable or an async iterable')
}

/** Numbers the row at fault by its place among all rows. */
async function numbered<T>(before: number, run: Promise<T>): Promise<T> {
  try {
    return await run
  } catch (error) {
    if (before > 0 && error instanceof SqlError && error.index !== undefined && error.sql !== undefined) {
      Object.defineProperty(error, 'index', { value: before + error.index, enumerable: true })
    }
    throw error
  }
}
