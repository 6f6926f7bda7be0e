import { batchOf } from '../../contract/batch-builder.ts'
import {
  type ErrorRecord,
  Failure,
  type Outcome,
  type Query,
  type ResultMode,
  recordOf,
  SqlError,
  type Tuple,
  tooLargeRecord,
} from '../../contract/index.ts'
import { Call, type Line } from './call.ts'
import { CANCELLED, type Fields, noTransactionRecord, serverFailure } from './errors.ts'
import { readResult } from './fields.ts'
import { TooLongError } from './inbox.ts'
import { notBegunRecord } from './losses.ts'
import { writeCopyFail, writePrepare, writeSync } from './messages.ts'
import type { ReadRow } from './rows.ts'
import { Statement } from './statements.ts'
import { status } from './status.ts'
import { rowCountOf } from './tag.ts'

/** What all calls that run a statement are told. */
export type Asked = Pick<Query, 'sql' | 'inTransaction' | 'maxRows'>

const RUNS_BESIDE: ReadonlySet<string> = new Set([
  'SELECT',
  'VALUES',
  'TABLE',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'SHOW',
])

/** A call that runs a statement and gathers its rows. */
export abstract class StatementCall extends Call {
  protected readonly asked: Asked
  readonly #rowMode: ResultMode
  protected statement: Statement | null = null
  /** Its rows were asked for in the formats that are best read. */
  protected typed = false
  protected rows: unknown[] = []
  protected rowCount = -1
  protected bytes = 0
  /** What the server said, or what was found wrong here. */
  protected failure: Failure | null = null
  #reader: ReadRow | null = null
  #prepares = false
  #again = false
  #wasAgain = false

  constructor(asked: Asked, rowMode: ResultMode) {
    super()
    this.asked = asked
    this.#rowMode = rowMode
  }

  override get leavesNothing(): boolean {
    return this.asked.inTransaction || this.#readsOnly
  }

  override get isRepeatable(): boolean {
    return !this.asked.inTransaction && this.#readsOnly
  }

  get #readsOnly(): boolean {
    return this.statement?.scan.shape.readsRows === true
  }

  // What is neither a read nor a change of rows may be something that others must not follow blindly.
  isAlone(line: Line): boolean {
    return !RUNS_BESIDE.has(this.found(line).scan.verb)
  }

  /** Throws when it must not run. */
  protected check(line: Line): void {
    if (this.asked.inTransaction && line.status === status.idle) throw refused(noTransactionRecord)
  }

  /** Writes that the statement is to be prepared, if it is not. Throws when it must not run. */
  protected prepare(line: Line): Statement {
    this.check(line)
    const statement = this.found(line)
    if (statement.scan.shape.touchesSession) line.isTouched = true
    this.#prepares = !statement.prepared || statement.name === ''
    writePrepare(line.out, line.statements, statement)
    this.typed = !this.#prepares && statement.result?.formats != null
    return statement
  }

  /** Called when all was written: the server will know the statement. */
  protected sent(statement: Statement): void {
    if (statement.name !== '') statement.prepared = true
  }

  override onParsed(): void {
    this.#prepares = false
  }

  override onResult(bytes: Buffer, at: number, end: number): void {
    if (this.statement) this.statement.result = readResult(bytes, at, end)
  }

  override onNoResult(): void {
    if (this.statement) this.statement.result = null
  }

  override onRow(bytes: Buffer, at: number, end: number, line: Line): void {
    if (this.failure) return
    this.bytes += end - at
    if (this.bytes > line.maxResultBytes) throw new TooLongError(this.bytes)
    const reader = this.#reader ?? this.#findReader()
    if (!reader) return
    this.rows.push(reader(bytes, at, end))
    const { maxRows } = this.asked
    if (maxRows !== undefined && this.rows.length > maxRows) this.onTooMany(maxRows, line)
  }

  override onComplete(bytes: Buffer, at: number, end: number, _line: Line): void {
    this.rowCount = rowCountOf(bytes, at, end)
  }

  override onError(fields: Fields, line: Line): void {
    this.#again ||= this.#isStale(fields, line)
    if (this.statement && this.#prepares) this.statement.prepared = false
    this.failure ??= new Failure(this.#recordOf(fields))
  }

  override onCopy(isIn: boolean, line: Line): void {
    this.failure = new Failure(copyRecord)
    if (!isIn) return this.stopServer(line, this.failure)
    // While it waits for data the server passes over the mark that was sent behind the statement.
    writeCopyFail(line.out, 'COPY is not supported')
    writeSync(line.out)
    line.flush()
  }

  finish(_line: Line): boolean {
    if (!this.#again) return false
    this.#again = false
    return this.goAgain()
  }

  /** It is to be sent once more, unless it was to be stopped. */
  protected goAgain(): boolean {
    this.failure = this.stopped
    this.#reader = null
    this.rows = []
    this.bytes = 0
    this.rowCount = -1
    return !this.stopped
  }

  protected outcome(time: number): Outcome | Failure {
    if (this.failure) return this.failure
    const { rows, rowCount } = this
    const description = this.statement?.result?.description ?? null
    const outcome = { rows, description, rowCount, lastRowId: null, databaseTime: time }
    if (this.#rowMode !== 'columns') return outcome
    try {
      return { ...outcome, rows: [], columns: batchOf(description, rows as Tuple[]) }
    } catch (error) {
      return failureOf(error)
    }
  }

  /** More rows came than may. */
  protected onTooMany(maxRows: number, line: Line): void {
    this.failure = new Failure(tooLargeRecord(maxRows))
    this.rows = []
    this.stopServer(line, this.failure)
  }

  /** Stops what the server does for this call, which has its answer already. */
  protected stopServer(line: Line, failure: Failure): void {
    line.stop(this, failure)
  }

  /** What is known of its text. */
  protected found(line: Line): Statement {
    const known = this.statement
    if (known && !known.isForgotten) return known
    this.statement = line.statements.get(this.asked.sql)
    return this.statement
  }

  #findReader(): ReadRow | null {
    try {
      const mode = this.#rowMode === 'object' ? 'object' : 'array'
      this.#reader = (this.statement as Statement).reader(mode, this.typed)
    } catch (error) {
      this.failure = failureOf(error)
    }
    return this.#reader
  }

  // A statement that was prepared for another schema, or that the server has forgotten, is prepared anew: once, and only where
  // nothing of it can have been done.
  #isStale(fields: Fields, line: Line): boolean {
    const { statement } = this
    const stale = fields.C === '26000' || (fields.C === '0A000' && fields.R === 'RevalidateCachedQuery')
    if (!stale || !statement) return false
    line.statements.drop(statement)
    const first = !this.#wasAgain
    this.#wasAgain = true
    // This one then relies on nobody: others that were sent with it would all wait for the first of them.
    if (first && !this.asked.inTransaction) this.statement = new Statement(this.asked.sql, '')
    return first && !this.asked.inTransaction
  }

  #recordOf(fields: Fields): ErrorRecord {
    if (fields.C !== CANCELLED) return serverFailure(fields)
    if (this.stopped) return this.stopped.record
    if (!this.exposed) return serverFailure(fields)
    return this.asked.inTransaction ? hitRecord : notBegunRecord
  }
}

/** What a statement fails with that was hit by a wish to cancel another one. */
const hitRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message:
    'the transaction is rolled back: one of its statements was stopped in place of another one that was cancelled',
  code: 'HIT_BY_CANCEL',
  kind: 'rolledBack',
  retryable: true,
}

const copyRecord: ErrorRecord = {
  type: 'NotSupportedError',
  message:
    'COPY from STDIN or to STDOUT is not supported: use insertMany or executeMany to write rows, and a stream to read them',
  code: 'COPY_UNSUPPORTED',
  kind: 'unsupported',
}

function failureOf(error: unknown): Failure {
  if (error instanceof SqlError) return new Failure(recordOf(error), error)
  throw error
}

/** A failure that is thrown before anything was written. */
export function refused(record: ErrorRecord): unknown {
  return new Failure(record).toError()
}
