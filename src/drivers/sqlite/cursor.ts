import type { BlockingCursor, BoundValues, Description, ExecuteHint, Tuple } from '../../contract/index.ts'
import { errorFromRecord, InterfaceError, ProgrammingError, rowsInManyRecord } from '../../contract/index.ts'
import { runSets } from './many.ts'
import type { NativeArguments, NativeChanges } from './native.ts'
import type { Prepared } from './prepared.ts'
import type { OpenRows, Session } from './session.ts'
import { bindable } from './values.ts'

const NO_ROWS: Tuple[] = []

/** A cursor on a {@link Session}. */
export class SqliteCursor implements BlockingCursor, OpenRows {
  description: Description | null = null
  rowCount = -1
  lastRowId: number | bigint | null = null
  readonly #session: Session
  #arraySize = 1
  #closed = false
  #hasResult = false
  #lost = false
  /** Rows that were fetched from SQLite but not from here, from `#at` on. */
  #rows: Tuple[] = NO_ROWS
  #at = 0
  #iterator: Iterator<Tuple> | null = null
  #reading: Prepared | null = null

  constructor(session: Session) {
    this.#session = session
  }

  get arraySize(): number {
    return this.#arraySize
  }

  set arraySize(size: number) {
    if (!Number.isSafeInteger(size) || size < 1) throw wrongSize('arraySize', size, 1)
    this.#arraySize = size
  }

  execute(sql: string, values: BoundValues, hint?: ExecuteHint): void {
    this.#begin()
    const prepared = this.#session.prepare(sql)
    const bound = bindable(prepared.scan, values, this.#session.wantsGaps)
    try {
      if (!prepared.native.returnsRows) this.#run(prepared, bound)
      else if (hint?.whole || !prepared.readsOnly) this.#readWhole(prepared, bound)
      else this.#readOn(prepared, bound)
    } catch (error) {
      this.#endRows()
      this.#session.failed()
      throw error
    }
  }

  executeMany(sql: string, sets: Iterable<BoundValues>): void {
    this.#begin()
    const prepared = this.#session.prepareForMany(sql)
    if (prepared.native.returnsRows) throw errorFromRecord(rowsInManyRecord)
    const changes = runSets(this.#session, prepared, sets)
    if (prepared.changesRows) this.rowCount = changes
    else this.#session.ran(prepared.scan.verb)
  }

  fetchOne(): Tuple | null {
    this.#assertResult()
    if (this.#at < this.#rows.length) return this.#rows[this.#at++] ?? null
    return this.#nextRow()
  }

  fetchMany(size: number = this.#arraySize): Tuple[] {
    this.#assertResult()
    if (!Number.isSafeInteger(size) || size < 0) throw wrongSize('size', size, 0)
    const rows = this.#rows.slice(this.#at, this.#at + size)
    this.#at += rows.length
    while (rows.length < size && this.#iterator) {
      const row = this.#nextRow()
      if (row) rows.push(row)
    }
    return rows
  }

  fetchAll(): Tuple[] {
    this.#assertResult()
    const rows = this.#at === 0 ? this.#rows : this.#rows.slice(this.#at)
    this.#rows = NO_ROWS
    this.#at = 0
    if (!this.#iterator) return rows === NO_ROWS ? [] : rows
    for (let row = this.#nextRow(); row; row = this.#nextRow()) rows.push(row)
    return rows
  }

  *[Symbol.iterator](): Iterator<Tuple> {
    for (let row = this.fetchOne(); row; row = this.fetchOne()) yield row
  }

  close(): void {
    this.#dropResult()
    this.#closed = true
  }

  lose(): void {
    this.#dropResult()
    this.#lost = true
  }

  #begin(): void {
    this.#assertUsable()
    this.#dropResult()
    this.description = null
    this.rowCount = -1
    this.lastRowId = null
    this.#hasResult = false
    this.#lost = false
  }

  #run(prepared: Prepared, bound: NativeArguments): void {
    const rowidBefore = prepared.scan.upsert ? this.#session.lastInsertRowid() : null
    const result = this.#session.run(prepared.native, bound)
    if (!prepared.changesRows) return this.#session.ran(prepared.scan.verb)
    this.rowCount = Number(result.changes)
    if (prepared.inserts) this.lastRowId = insertedRowid(result, rowidBefore)
  }

  #readWhole(prepared: Prepared, bound: NativeArguments): void {
    const rowidBefore = prepared.scan.upsert ? this.#session.lastInsertRowid() : null
    this.#rows = prepared.native.all(bound)
    this.#describe(prepared, this.#rows[0])
    if (!prepared.changesRows) return
    const changes = this.#rows.length
    this.rowCount = changes
    if (!prepared.inserts || changes === 0) return
    this.lastRowId = insertedRowid({ changes, lastInsertRowid: this.#session.lastInsertRowid() }, rowidBefore)
  }

  #readOn(prepared: Prepared, bound: NativeArguments): void {
    this.#iterator = prepared.native.iterate(bound)
    this.#reading = prepared
    prepared.reading = true
    this.#session.opened(this)
    // Errors belong to execute, and the columns are known for certain only once a row is there.
    const first = this.#nextRow()
    this.#rows = first ? [first] : NO_ROWS
    this.#describe(prepared, first)
  }

  #describe(prepared: Prepared, first: Tuple | null | undefined): void {
    if (first && first.length !== prepared.description?.length) prepared.redescribe()
    this.description = prepared.description
    this.#hasResult = true
  }

  #nextRow(): Tuple | null {
    if (!this.#iterator) return null
    try {
      const { done, value } = this.#iterator.next()
      if (!done) return value
    } catch (error) {
      this.#endRows()
      this.#session.failed()
      throw error
    }
    this.#endRows()
    return null
  }

  #dropResult(): void {
    this.#rows = NO_ROWS
    this.#at = 0
    this.#iterator?.return?.()
    this.#endRows()
  }

  #endRows(): void {
    if (!this.#reading) return
    this.#iterator = null
    this.#reading.reading = false
    this.#reading = null
    this.#session.ended(this)
  }

  #assertUsable(): void {
    if (this.#closed) throw new InterfaceError('The cursor is closed.', { code: 'CURSOR_CLOSED', kind: 'closed' })
    this.#session.assertOpen()
  }

  #assertResult(): void {
    this.#assertUsable()
    if (this.#lost) {
      throw new InterfaceError('The rows that were left to fetch ended with their transaction.', {
        code: 'RESULT_LOST',
        kind: 'transactionEnded',
      })
    }
    if (this.#hasResult) return
    throw new ProgrammingError('There is no result set to fetch from: the last statement gave none, or none ran.', {
      code: 'NO_RESULT_SET',
      kind: 'usage',
    })
  }
}

/**
 * An upsert that updated a row leaves the row id of an earlier INSERT behind, so an unchanged id says nothing there.
 */
function insertedRowid(result: NativeChanges, before: number | bigint | null): number | bigint | null {
  const id = BigInt(result.lastInsertRowid)
  if (Number(result.changes) === 0 || (before !== null && BigInt(before) === id)) return null
  const narrowed = Number(id)
  return Number.isSafeInteger(narrowed) ? narrowed : id
}

function wrongSize(name: string, given: number, lowest: number): ProgrammingError {
  return new ProgrammingError(`${name} must be a whole number from ${lowest} on, not ${given}.`, {
    code: 'WRONG_SIZE',
    kind: 'usage',
  })
}
