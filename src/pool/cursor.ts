import { Turns } from '../base/turns.ts'
import type { ColumnBatch } from '../contract/columns.ts'
import type { OpenResult, Outcome } from '../contract/connection.ts'
import type { Cursor } from '../contract/cursor.ts'
import { checkSize, closedCursor, noResult, type RowModeOption } from '../contract/cursor-checks.ts'
import { errorFromRecord, Failure } from '../contract/failure.ts'
import { tooLargeRecord } from '../contract/result-size.ts'
import type { Description, Parameters, RowMode } from '../contract/value.ts'
import { type BulkOptions, runMany } from './bulk.ts'
import type { MaxRowsOption } from './max-rows.ts'
import { type AnyMode, type ByColumns, checkRowMode, NO_OPTIONS, ownOptions } from './options.ts'
import type { Prepared } from './preparer.ts'
import { resultOf } from './result.ts'
import type { Session } from './session.ts'

/** Rows that come with a statement's answer, and with each later page. */
const FIRST_PAGE = 256
const LATER_PAGES = 1024

/** Options of one query on a handle. */
export interface HandleOptions extends RowModeOption, MaxRowsOption {}

/** A cursor on a session: one statement and its result at a time, calls in the order in which they were made. */
export class SessionCursor<R> implements Cursor<R> {
  protected readonly session: Session
  protected readonly rowMode: RowMode
  readonly #turns = new Turns()
  #rows: unknown[] = []
  #position = 0
  #rest: OpenResult | null = null
  #description: Description | null = null
  #rowCount = -1
  #lastRowId: number | bigint | null = null
  #arraySize = 1
  #closed = false

  constructor(session: Session, rowMode: RowMode) {
    this.session = session
    this.rowMode = rowMode
  }

  get description(): Description | null {
    return this.#description
  }

  get rowCount(): number {
    return this.#rowCount
  }

  get lastRowId(): number | bigint | null {
    return this.#lastRowId
  }

  get arraySize(): number {
    return this.#arraySize
  }

  set arraySize(size: number) {
    this.#arraySize = checkSize('arraySize', size, 1)
  }

  execute(sql: string, parameters?: Parameters): Promise<this> {
    return this.session.track(() => this.#executeInTurn(sql, parameters))
  }

  executeMany(
    sql: string,
    sets: Iterable<Parameters> | AsyncIterable<Parameters>,
    options: BulkOptions = {},
  ): Promise<this> {
    return this.#inTurn(async () => {
      await this.beforeStatement()
      await this.#drop()
      const { rowCount } = await runMany(this.session, sql, sets, options)
      this.#take({ rows: [], description: null, rowCount, lastRowId: null, databaseTime: 0 })
      return this
    })
  }

  fetchOne(): Promise<R | null> {
    return this.#inTurn(async () => (await this.#fetch(1))[0] ?? null)
  }

  fetchMany(size: number = this.#arraySize): Promise<R[]> {
    return this.#inTurn(() => this.#fetch(checkSize('size', size, 0)))
  }

  fetchAll(): Promise<R[]> {
    return this.#inTurn(() => this.#fetchAll())
  }

  /** Runs a statement and gives all its rows: `execute` and `fetchAll` in one; or its columns, as `runQuery` does. */
  query<T = R>(sql: string, parameters?: Parameters, options?: HandleOptions): Promise<T[]>
  query<T = R>(
    sql: string,
    parameters: Parameters | undefined,
    options: ByColumns<HandleOptions>,
  ): Promise<ColumnBatch<T>>
  query(sql: string, parameters?: Parameters, options: AnyMode<HandleOptions> = NO_OPTIONS): Promise<unknown> {
    return this.session.track(() => this.#queryInTurn(sql, parameters, options))
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed) return
      await this.#drop()
      this.#closed = true
    }, true)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    for (;;) {
      const rows = await this.fetchMany(Math.max(this.#arraySize, FIRST_PAGE))
      if (rows.length === 0) return
      yield* rows
    }
  }

  /** What must have happened before a statement runs. */
  protected async beforeStatement(): Promise<void> {
    this.session.check()
  }

  #inTurn<T>(work: () => Promise<T>, evenIfClosed = false): Promise<T> {
    return this.session.track(() => this.#waitAndWork(work, evenIfClosed))
  }

  // An async function from the caller's await down to the statement, so that an error's stack names the caller.
  async #waitAndWork<T>(work: () => Promise<T>, evenIfClosed: boolean): Promise<T> {
    const turn = this.#turns.enter()
    if (turn) await turn
    let failed = true
    try {
      if (this.#closed && !evenIfClosed) throw closedCursor()
      const result = await work()
      failed = false
      return result
    } finally {
      // Whoever made this call hears of its failure first: if that ends the interaction, those behind it are not sent.
      if (failed) setImmediate(() => this.#turns.leave())
      else this.#turns.leave()
    }
  }

  // Values are read when the call is made and not when its turn comes: the caller may use the array again.
  #prepare(sql: string, parameters: Parameters | undefined, options?: MaxRowsOption): Prepared {
    this.session.check()
    return this.session.preparer.prepare(sql, parameters, options)
  }

  async #executeInTurn(sql: string, parameters: Parameters | undefined): Promise<this> {
    const prepared = this.#prepare(sql, parameters)
    return await this.#waitAndWork(() => this.#execute(prepared), false)
  }

  async #queryInTurn(
    sql: string,
    parameters: Parameters | undefined,
    options: AnyMode<HandleOptions>,
  ): Promise<unknown> {
    const own = ownOptions(options, ['rowMode', 'maxRows'], 'the query')
    const prepared = this.#prepare(sql, parameters, own)
    const { rowMode: asked = this.rowMode } = own
    const rowMode = asked === 'columns' ? asked : checkRowMode(asked)
    return await this.#waitAndWork(async () => {
      await this.beforeStatement()
      await this.#drop()
      const outcome = await this.session.run(prepared, rowMode)
      this.#take({ ...outcome, rows: [] })
      return resultOf(outcome, rowMode)
    }, false)
  }

  async #execute(prepared: Prepared): Promise<this> {
    await this.beforeStatement()
    await this.#drop()
    const opened = await this.session.open(prepared, this.rowMode, FIRST_PAGE)
    this.#take(opened.first)
    if (opened.first.more) this.#rest = opened
    return this
  }

  async #fetch(size: number): Promise<R[]> {
    this.session.check()
    if (!this.#description) throw noResult()
    while (this.#rest && this.#rows.length - this.#position < size) await this.#nextPage(this.#rest)
    const rows = this.#rows.slice(this.#position, this.#position + size) as R[]
    this.#position += rows.length
    if (this.#position === this.#rows.length) this.#forgetRows()
    return rows
  }

  async #fetchAll(): Promise<R[]> {
    const { maxRows = Number.POSITIVE_INFINITY } = this.session.preparer
    if (maxRows === Number.POSITIVE_INFINITY) return await this.#fetch(maxRows)
    const rows = await this.#fetch(maxRows + 1)
    if (rows.length <= maxRows) return rows
    await this.#drop()
    throw errorFromRecord(tooLargeRecord(maxRows))
  }

  async #nextPage(rest: OpenResult): Promise<void> {
    const page = await rest.next(LATER_PAGES)
    if (page instanceof Failure) throw this.session.errorOf(page)
    if (!page.more) this.#rest = null
    this.#rows = this.#rows.slice(this.#position)
    this.#position = 0
    for (const row of page.rows) this.#rows.push(row)
  }

  async #drop(): Promise<void> {
    this.#forgetRows()
    const rest = this.#rest
    this.#rest = null
    if (rest && !this.session.ended) await rest.close()
  }

  #forgetRows(): void {
    this.#rows = []
    this.#position = 0
  }

  #take(outcome: Outcome): void {
    this.#rows = outcome.rows
    this.#position = 0
    this.#description = outcome.description
    this.#rowCount = outcome.rowCount
    this.#lastRowId = outcome.lastRowId
  }
}
