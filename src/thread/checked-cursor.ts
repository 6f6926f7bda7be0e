import type { BlockingCursor, BoundValues } from '../contract/blocking.ts'
import type { InThreadCursor } from '../contract/blocking-transaction.ts'
import { checkRowMode, describe, NO_OPTIONS, ownOptions } from '../contract/checks.ts'
import { narrowed } from '../contract/columns.ts'
import { checkSize, closedCursor, noResult, type RowModeOption } from '../contract/cursor-checks.ts'
import { ProgrammingError, SqlError } from '../contract/errors.ts'
import { errorFromRecord, recordOf } from '../contract/failure.ts'
import type { Description, Parameters, RowMode, Tuple, Value } from '../contract/value.ts'
import type { BlockingSession, ReadText } from './blocking-session.ts'
import { rowDecoder, type ValueReader } from './rows.ts'

/** Rows that are fetched between two looks whether the function was given up. */
const PAGE_ROWS = 512
/** Sets of values that are checked before the first of them is used. */
const SETS_TOGETHER = 1024

/** A cursor of a function that runs in a thread: the driver's own, with all checks around it. */
export class CheckedCursor<R> implements InThreadCursor<R> {
  protected readonly session: BlockingSession
  protected readonly rowMode: RowMode
  readonly #cursor: BlockingCursor
  readonly #values = new TupleReader()
  #decode: Decode | null = null
  #decodes: Description | null = null
  #decodesTo: RowMode = 'object'
  #rowCount = -1
  #arraySize = 1
  #closed = false

  constructor(session: BlockingSession, rowMode: RowMode) {
    this.session = session
    this.rowMode = rowMode
    this.#cursor = session.cursor()
  }

  get description(): Description | null {
    return this.#cursor.description
  }

  get rowCount(): number {
    return this.#rowCount
  }

  get lastRowId(): number | bigint | null {
    const { lastRowId } = this.#cursor
    return typeof lastRowId === 'bigint' ? narrowed(lastRowId) : lastRowId
  }

  get arraySize(): number {
    return this.#arraySize
  }

  set arraySize(size: number) {
    this.#arraySize = checkSize('arraySize', size, 1)
  }

  execute(sql: string, parameters?: Parameters): this {
    this.#execute(sql, parameters, false)
    // Found out now and not when the first row is fetched.
    this.#decoder(this.rowMode)
    return this
  }

  executeMany(sql: string, sets: Iterable<Parameters>): this {
    const text = this.#open(sql)
    if (typeof (sets as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') throw noSets(sets)
    let done = 0
    let rowCount = 0
    for (const group of this.#groups(text, sets)) {
      numbered(done, () => this.session.run(text, () => this.#cursor.executeMany(sql, group)))
      done += group.length
      rowCount += this.#cursor.rowCount
    }
    this.#rowCount = rowCount
    return this
  }

  fetchOne(): R | null {
    return (this.#fetch(1)[0] as R | undefined) ?? null
  }

  fetchMany(size: number = this.#arraySize): R[] {
    return this.#fetch(checkSize('size', size, 0)) as R[]
  }

  fetchAll(): R[] {
    return this.#fetch(Number.POSITIVE_INFINITY) as R[]
  }

  query<T = R>(sql: string, parameters?: Parameters, options: RowModeOption = NO_OPTIONS): T[] {
    const { rowMode = this.rowMode } = ownOptions(options, ['rowMode'], 'the query')
    const mode = checkRowMode(rowMode)
    this.#execute(sql, parameters, true)
    const decode = this.#decoder(mode)
    return decode ? this.session.native(() => this.#cursor.fetchAll()).map((row) => decode(row) as T) : []
  }

  iterate<T = R>(sql: string, parameters?: Parameters): IterableIterator<T> {
    this.#checkOpen()
    const cursor = new CheckedCursor<T>(this.session, this.rowMode)
    return cursor.execute(sql, parameters).#toTheEnd()
  }

  *[Symbol.iterator](): IterableIterator<R> {
    for (let row = this.fetchOne(); row !== null; row = this.fetchOne()) yield row
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.session.drop(this.#cursor)
  }

  *#toTheEnd(): IterableIterator<R> {
    try {
      if (this.description) yield* this
    } finally {
      this.close()
    }
  }

  #checkOpen(): void {
    this.session.check()
    if (this.#closed) throw closedCursor()
  }

  #open(sql: string): ReadText {
    this.#checkOpen()
    return this.session.text(sql)
  }

  #execute(sql: string, parameters: Parameters | undefined, whole: boolean): void {
    const text = this.#open(sql)
    const values = this.session.bind(text, parameters)
    this.session.run(text, () => this.#cursor.execute(sql, values, { whole }))
    this.#rowCount = this.#cursor.rowCount
  }

  *#groups(text: ReadText, sets: Iterable<Parameters>): Iterable<BoundValues[]> {
    let group: BoundValues[] = []
    let index = 0
    for (const set of sets) {
      group.push(numbered(index++, () => this.session.bind(text, set)))
      if (group.length < SETS_TOGETHER) continue
      yield group
      group = []
    }
    if (group.length > 0 || index === 0) yield group
  }

  #fetch(size: number): unknown[] {
    this.#checkOpen()
    const decode = this.#decoder(this.rowMode)
    if (!decode) throw noResult()
    const rows: unknown[] = []
    while (rows.length < size) {
      const wanted = Math.min(size - rows.length, PAGE_ROWS)
      const page = this.session.native(() => this.#cursor.fetchMany(wanted))
      for (const row of page) rows.push(decode(row))
      if (page.length < wanted) break
      this.session.check()
    }
    return rows
  }

  #decoder(rowMode: RowMode): Decode | null {
    const { description } = this.#cursor
    if (description === null) return null
    if (this.#decode && this.#decodes === description && this.#decodesTo === rowMode) return this.#decode
    const read = rowDecoder(description, rowMode)
    this.#decodes = description
    this.#decodesTo = rowMode
    this.#decode = (row) => read(this.#values.of(row))
    return this.#decode
  }
}

type Decode = (row: Tuple) => unknown

/** Gives the values of a tuple one after the other, as rows have them. */
class TupleReader implements ValueReader {
  #row: Tuple = []
  #at = 0

  of(row: Tuple): this {
    this.#row = row
    this.#at = 0
    return this
  }

  value(): Value {
    const value = this.#row[this.#at++] as Value
    if (typeof value === 'bigint') return narrowed(value)
    // A driver may give a Buffer, whose methods are not those of the Uint8Array that rows are said to have.
    if (Buffer.isBuffer(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    return value
  }
}

/** Does `work` on sets of which the first is set `first`; an error of one of them says which. */
function numbered<T>(first: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const numberedError = errorFromRecord({ ...recordOf(error), index: first + (error.index ?? 0) })
    Error.captureStackTrace(numberedError, numbered)
    throw numberedError
  }
}

function noSets(given: unknown): ProgrammingError {
  const hint = typeof given === 'object' ? '; one that gives its sets later cannot be waited for in a thread' : ''
  return new ProgrammingError(`the sets of values must be an array or an iterable, not ${describe(given)}${hint}`, {
    code: 'INVALID_SETS',
    kind: 'usage',
  })
}
