import { Failure, type Outcome, type Page, type Query, tooLargeRecord } from '../../contract/index.ts'
import { abortedRecord } from '../../thread/loss.ts'
import type { Line } from './call.ts'
import type { Fields } from './errors.ts'
import { writeBind, writeClosePortal, writeExecute, writeFlush, writeSync } from './messages.ts'
import { type PageResolve, pageOf } from './page.ts'
import { StatementCall } from './statement-call.ts'
import { status } from './status.ts'

/**
 * Runs a statement and takes its rows page by page. In a transaction its portal lives as long as that, and other
 * statements run between the pages. Outside, it has the line alone between its first page and its last: what is asked for
 * behind it makes it take all rows that are left, at once.
 */
export class OpenCall extends StatementCall {
  readonly query: Query
  readonly portal: string
  readonly #size: number
  #resolve: PageResolve | null
  #line: Line | null = null
  /** It has the line to itself as long as rows are left. */
  #isHeld = false
  #isResting = false
  #isOver = false
  #drains = false
  #more = false
  /** Rows that were taken because somebody else waited. */
  #kept: unknown[] | null = null
  #ends: (() => void) | null = null
  /** How many rows the page is to have that somebody waits for. */
  #wanted = 0
  /** Its end was written. */
  #ended = false

  constructor(query: Query, size: number, portal: string, resolve: PageResolve) {
    super({ ...query, maxRows: undefined }, query.rowMode)
    this.query = query
    this.portal = portal
    this.#size = size
    this.#resolve = resolve
  }

  get opened() {
    return this.statement
  }

  get isTyped(): boolean {
    return this.typed
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  override get isResting(): boolean {
    return this.#isResting
  }

  override isAlone(line: Line): boolean {
    return this.#isHeld || line.status === status.idle || super.isAlone(line)
  }

  write(line: Line): boolean {
    this.#line = line
    const statement = this.prepare(line)
    this.#isHeld = line.status === status.idle
    const portal = this.#isHeld ? '' : this.portal
    writeBind(
      line.out,
      portal,
      statement.name,
      this.query.values,
      this.typed ? (statement.result?.formats ?? null) : null,
    )
    writeExecute(line.out, portal, this.#size)
    if (this.#isHeld) writeFlush(line.out)
    else writeSync(line.out)
    this.sent(statement)
    return true
  }

  override onSuspended(line: Line): void {
    this.#more = true
    if (!this.#isHeld) return
    this.#isResting = true
    this.#answer(line)
    if (line.isWaitedFor) this.#drain(line)
  }

  override onComplete(bytes: Buffer, at: number, end: number, line: Line): void {
    super.onComplete(bytes, at, end, line)
    this.#more = false
    this.#sync(line)
  }

  override onError(fields: Fields, line: Line): void {
    super.onError(fields, line)
    this.#sync(line)
  }

  override onRow(bytes: Buffer, at: number, end: number, line: Line): void {
    if (this.#drains && this.bytes + end - at > line.maxResultBytes && !this.failure) {
      this.failure = new Failure(interruptedRecord(line.maxResultBytes))
      this.rows = []
      return this.stopServer(line, this.failure)
    }
    super.onRow(bytes, at, end, line)
  }

  override onWaitedFor(line: Line): void {
    if (this.#isResting) this.#drain(line)
  }

  override finish(line: Line): boolean {
    if (super.finish(line)) return true
    this.#isOver = true
    return false
  }

  deliver(time: number): void {
    if (this.#drains) {
      this.#kept = this.rows
      this.rows = []
    }
    const { failure } = this
    if (this.#resolve) this.#give(failure ?? this.#page(this.#kept ? this.#takeKept() : this.outcome(time)))
    this.#over()
  }

  fail(failure: Failure): void {
    this.failure = failure
    this.#isResting = false
    this.#isOver = true
    if (this.#resolve) this.#give(failure)
    this.#over()
  }

  /** Asks for the next page of a result that has the line to itself. */
  nextPage(size: number, resolve: PageResolve): void {
    const { signal } = this.query
    if (signal?.aborted) return resolve(new Failure(abortedRecord))
    this.#resolve = resolve
    this.#wanted = size
    if (this.#isOver) return this.#give(this.failure ?? this.#page(this.#takeKept()))
    const line = this.#line
    // Others wait, and the rows that are left are on their way.
    if (!line || !this.#isResting) return
    this.#isResting = false
    writeExecute(line.out, '', size)
    writeFlush(line.out)
    line.asked()
  }

  /** Drops the rows that are left. Resolves to what came of the statement's end. */
  close(): Promise<Failure | null> {
    const line = this.#line
    if (this.#isOver || !line) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#ends = () => resolve(this.failure)
      if (this.#isResting) this.#end(line)
    })
  }

  #end(line: Line): void {
    this.#isResting = false
    this.#more = false
    writeClosePortal(line.out, '')
    writeSync(line.out)
    line.asked()
  }

  #drain(line: Line): void {
    if (this.#ends) return this.#end(line)
    this.#isResting = false
    this.#drains = true
    writeExecute(line.out, '', 0)
    writeSync(line.out)
    line.asked()
  }

  // Once it has an end, whoever waits behind it may go on.
  #sync(line: Line): void {
    if (!this.#isHeld || this.#drains || this.#ended) return
    this.#ended = true
    writeSync(line.out)
    line.flush()
  }

  #answer(line: Line): void {
    const outcome = this.outcome(line.pageTime())
    this.rows = []
    this.bytes = 0
    if (this.#resolve) this.#give(pageOf(outcome, true))
    if (this.#ends) this.#end(line)
  }

  #page(outcome: Outcome | Failure): Page | Failure {
    return pageOf(outcome, this.#kept ? this.#kept.length > 0 : this.#more)
  }

  #takeKept(): Outcome | Failure {
    const kept = this.#kept ?? []
    this.rows = kept.slice(0, this.#wanted)
    this.#kept = kept.slice(this.#wanted)
    return this.outcome(0)
  }

  #give(page: Page | Failure): void {
    const resolve = this.#resolve
    this.#resolve = null
    resolve?.(page)
  }

  #over(): void {
    this.#ends?.()
  }
}

function interruptedRecord(most: number) {
  return {
    ...tooLargeRecord(0),
    message:
      `another statement was to run on the connection of an open result, of which more than ${most} bytes were left ` +
      '(maxResultBytes): run it elsewhere, or open the result in a transaction',
  }
}
