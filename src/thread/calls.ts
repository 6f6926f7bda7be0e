import type { Outcome, Page, Query } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { Failure, recordOf } from '../contract/failure.ts'
import type { ValueSets } from '../contract/sets.ts'
import type { Description, ResultMode, RowMode, Value } from '../contract/value.ts'
import { type ByteWriter, boundOf, valuesBound } from './byte-writer.ts'
import { Call } from './call.ts'
import { ColumnGatherer, gatherChunk } from './gather.ts'
import { ManyValues } from './many-values.ts'
import { askFlag, type ControlVerb, readSummary, reply, request, rowsFlag } from './protocol.ts'
import type { Message } from './ring.ts'
import type { KnownStatement } from './statements.ts'

/** What the calls that run statements have in common: rows come in, and a summary at the end. */
abstract class RowsCall<R> extends Call {
  protected readonly statement: KnownStatement
  readonly #rowMode: RowMode
  /** Gathers the columns, when those are asked for and not rows. */
  readonly #columns: ColumnGatherer | null
  readonly #resolve: (result: R | Failure) => void
  protected rows: unknown[] = []
  protected description: Description | null = null
  #failure: Failure | null = null

  constructor(statement: KnownStatement, rowMode: ResultMode, flags: number, resolve: (result: R | Failure) => void) {
    super()
    this.statement = statement
    this.#rowMode = rowMode === 'columns' ? 'array' : rowMode
    this.#columns = rowMode === 'columns' ? new ColumnGatherer(statement) : null
    this.flags = flags
    this.#resolve = resolve
  }

  receive(message: Message): boolean {
    if (message.type === reply.failure) {
      this.#resolve(this.failureIn(message))
      return true
    }
    const { body, flags } = message
    const count = body.uint32()
    if (flags & rowsFlag.columns) this.statement.description = message.body.value() as Description | null
    const summary = flags & rowsFlag.last ? readSummary(body) : null
    if (count > 0 && !this.abandoned && !this.#failure) this.#decode(message, count)
    if (!summary) return false
    this.description = this.statement.description
    const { rowCount, lastRowId, databaseTime } = summary
    const outcome = { rows: this.rows, description: this.description, rowCount, lastRowId, databaseTime }
    const result = this.result(this.#columns ? this.#withColumns(outcome) : outcome, (flags & rowsFlag.more) !== 0)
    this.#resolve(this.#failure ?? result)
    return true
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }

  protected abstract result(outcome: Outcome, more: boolean): R

  #decode(message: Message, count: number): void {
    const { rows } = this
    const { body } = message
    try {
      if (this.#columns) return this.#columns.take(message, count)
      if (message.flags & rowsFlag.chunk) return gatherChunk(rows, message, count, this.statement, this.#rowMode)
      const decode = this.statement.decoder(this.#rowMode)
      // A literal takes as much memory as it needs; an array that grows takes room for sixteen more.
      if (count === 1 && rows.length === 0) this.rows = [decode(body)]
      else for (let i = 0; i < count; i++) rows.push(decode(body))
    } catch (error) {
      this.#failed(error)
    }
  }

  #withColumns(outcome: Outcome): Outcome {
    try {
      return { ...outcome, columns: (this.#columns as ColumnGatherer).finish(outcome.description) }
    } catch (error) {
      this.#failed(error)
      return outcome
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof SqlError)) throw error
    this.#failure = new Failure(recordOf(error))
  }
}

/** Runs a statement to its end. */
export class QueryCall extends RowsCall<Outcome> {
  readonly type = request.query
  readonly #values: readonly Value[]
  readonly #maxRows: number | undefined

  constructor(
    statement: KnownStatement,
    { values, rowMode, maxRows }: Pick<Query, 'values' | 'rowMode' | 'maxRows'>,
    flags: number,
    resolve: (result: Outcome | Failure) => void,
  ) {
    super(statement, rowMode, maxRows === undefined ? flags : flags | askFlag.bounded, resolve)
    this.#values = values
    this.#maxRows = maxRows
  }

  bound(): number {
    return 16 + valuesBound(this.#values)
  }

  write(writer: ByteWriter): void {
    if (this.#maxRows !== undefined) writer.float64(this.#maxRows)
    writer.uint32(this.statement.number)
    writeValues(writer, this.#values)
  }

  protected result(outcome: Outcome): Outcome {
    return outcome
  }
}

/** Runs a statement once per set of values. */
export class ManyCall extends RowsCall<Outcome> {
  readonly type = request.many
  readonly #sets: ValueSets
  readonly #values: ManyValues

  constructor(statement: KnownStatement, sets: ValueSets, flags: number, resolve: (result: Outcome | Failure) => void) {
    super(statement, 'array', flags, resolve)
    this.#sets = sets
    this.#values = new ManyValues(sets.values)
  }

  bound(): number {
    return 12 + this.#values.bound
  }

  write(writer: ByteWriter): void {
    writer.uint32(this.statement.number)
    writer.uint32(this.#sets.count)
    writer.uint32(this.#sets.width)
    this.#values.write(writer)
  }

  protected result(outcome: Outcome): Outcome {
    return outcome
  }
}

/** Runs a statement and takes the first page of its rows. */
export class OpenCall extends RowsCall<Page> {
  readonly type = request.open
  readonly #values: readonly Value[]
  readonly #cursor: number
  readonly #size: number

  constructor(
    statement: KnownStatement,
    values: readonly Value[],
    page: { readonly cursor: number; readonly size: number; readonly rowMode: ResultMode },
    flags: number,
    resolve: (result: Page | Failure) => void,
  ) {
    super(statement, page.rowMode, flags, resolve)
    this.#values = values
    this.#cursor = page.cursor
    this.#size = page.size
  }

  bound(): number {
    return 16 + valuesBound(this.#values)
  }

  write(writer: ByteWriter): void {
    writer.uint32(this.statement.number)
    writer.uint32(this.#size)
    writer.uint32(this.#cursor)
    writeValues(writer, this.#values)
  }

  protected result(outcome: Outcome, more: boolean): Page {
    return { ...outcome, more }
  }
}

/** Takes the next page of an open result. */
export class NextCall extends RowsCall<Page> {
  readonly type = request.next
  readonly #cursor: number
  readonly #size: number

  constructor(
    statement: KnownStatement,
    page: { readonly cursor: number; readonly size: number; readonly rowMode: ResultMode },
    flags: number,
    resolve: (result: Page | Failure) => void,
  ) {
    super(statement, page.rowMode, flags, resolve)
    this.#cursor = page.cursor
    this.#size = page.size
  }

  bound(): number {
    return 8
  }

  write(writer: ByteWriter): void {
    writer.uint32(this.#cursor)
    writer.uint32(this.#size)
  }

  protected result(outcome: Outcome, more: boolean): Page {
    return { ...outcome, more }
  }
}

/** A call that is answered by `done` (or `ready`) with at most one value. */
export class PlainCall extends Call {
  readonly type: number
  readonly #content: readonly unknown[]
  readonly #resolve: (answer: unknown) => void

  constructor(type: number, content: readonly unknown[], resolve: (answer: unknown) => void) {
    super()
    this.type = type
    this.#content = content
    this.#resolve = resolve
  }

  static control(verb: ControlVerb, name: string, resolve: (failure: Failure | null) => void): PlainCall {
    return new PlainCall(request.control, [verb, name], (answer) => resolve(answer instanceof Failure ? answer : null))
  }

  bound(): number {
    return boundOf(this.#content)
  }

  write(writer: ByteWriter): void {
    for (const item of this.#content) writer.value(item)
  }

  receive(message: Message): boolean {
    if (message.type === reply.failure) this.#resolve(this.failureIn(message))
    else this.#resolve(message.type === reply.ready ? message.body.value() : null)
    return true
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}

function writeValues(writer: ByteWriter, values: readonly Value[]): void {
  writer.uint32(values.length)
  for (let i = 0; i < values.length; i++) writer.value(values[i])
}

/** The flags of a call that may belong to a transaction and may be stopped. */
export function askFlags(inTransaction: boolean, cancellable: boolean): number {
  return (inTransaction ? askFlag.inTransaction : 0) | (cancellable ? askFlag.cancellable : 0)
}
