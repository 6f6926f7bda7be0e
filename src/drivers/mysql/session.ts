import { type ErrorRecord, Failure, type Value } from '../../contract/index.ts'
import { runBeside } from './beside.ts'
import { serverFailure } from './errors.ts'
import type { Link } from './link.ts'
import type { MysqlOptions } from './options.ts'
import { closedRecord, killedRecord, lostRecord, notBegunRecord } from './records.ts'
import { type Known, Statements } from './statements.ts'
import { Stopper } from './stopper.ts'
import { Turns } from './turns.ts'
import { kindsOf } from './value-kinds.ts'
import { type ServerError, Status } from './wire/answers.ts'
import type { Exchange } from './wire/exchange.ts'
import { writeClose } from './wire/execute.ts'
import { Line, type LineListener } from './wire/line.ts'
import { Prepare } from './wire/prepare.ts'
import type { WireStatement } from './wire/statement.ts'
import { type TextAnswer, TextCommand } from './wire/text-command.ts'

/** One session with a server, and what all calls on it share. */
export class Session implements LineListener {
  readonly options: MysqlOptions
  readonly link: Link
  readonly line: Line
  readonly turns = new Turns()
  readonly statements: Statements
  readonly stopper: Stopper
  readonly closed: Promise<Failure | null>
  /** The most bytes that a packet to the server may have. */
  mostBytes = Number.POSITIVE_INFINITY
  answered = 0
  /** What the server said last of the session. */
  status = 0
  /** Why no call is taken any more; null while they are. */
  ended: Failure | null = null
  isClosing = false
  /** It was ended over a call that was given up: what only reads can be made again. */
  isOverdue = false
  /** Something ran that may have left something in the session. */
  hasTraces = false
  /** Results that are being fetched page by page. */
  readonly open = new Set<{ drop(): void }>()
  readonly #settleClosed: (failure: Failure | null) => void

  constructor(link: Link, options: MysqlOptions) {
    this.link = link
    this.options = options
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    this.closed = promise
    this.#settleClosed = resolve
    this.line = new Line(link.socket, link.agreement, options.maxResultBytes, this)
    this.statements = new Statements(options.statementCache, (wire) => {
      if (!this.ended) this.line.post((out) => writeClose(out, wire))
    })
    this.stopper = new Stopper(this)
  }

  /** The statement of this text, for such values, in use until it is given back. */
  statement(sql: string, values: Iterable<Value>): Known {
    return this.statements.take(sql, this.link.isMariaDb ? '' : kindsOf(values))
  }

  get inTransaction(): boolean {
    return (this.status & Status.inTransaction) !== 0
  }

  /** Runs a statement of the driver's own. */
  command(sql: string): Promise<TextAnswer | ServerError | Failure> {
    return new Promise((resolve) => {
      if (this.ended) return resolve(this.ended)
      this.line.send(
        new TextCommand(sql, (answer) => {
          if ('status' in answer) this.status = answer.status
          resolve(answer)
        }),
      )
    })
  }

  /** The same where only its success matters. */
  async control(sql: string): Promise<Failure | null> {
    const answer = await this.command(sql)
    if (answer instanceof Failure) return answer
    return 'errno' in answer ? serverFailure(answer) : null
  }

  /** Makes the session what it was when the server had let us in; what was prepared is gone with the rest. */
  async forgetAll(): Promise<Failure | null> {
    const answer = await new Promise<TextAnswer | ServerError | Failure>((resolve) => {
      if (this.ended) return resolve(this.ended)
      this.line.send(new TextCommand('', resolve, RESET))
    })
    this.statements.clear()
    if (answer instanceof Failure) return answer
    return 'errno' in answer ? serverFailure(answer) : null
  }

  /** Ends the results that are open, since their transaction ends. */
  dropOpen(): void {
    for (const result of [...this.open]) result.drop()
  }

  /** Has the server say how the session stands, which no error tells. */
  async probe(): Promise<void> {
    await this.command('DO 0')
  }

  /** Undoes what a statement began that was to leave no transaction behind, before anything else runs. */
  rollBackSoon(): void {
    if (this.#isRollingBack) return
    this.#isRollingBack = true
    this.turns.hold()
    void this.control('SET @@session.autocommit = 1')
    void this.control('ROLLBACK').then(() => {
      this.#isRollingBack = false
      this.turns.letGo()
    })
  }

  #isRollingBack = false

  /** Has the server prepare a statement; one that it cannot prepare is marked as text. */
  async prepare(known: Known): Promise<Failure | null> {
    const answer = await new Promise<WireStatement | ServerError | Failure>((resolve) => {
      if (this.ended) return resolve(this.ended)
      this.line.send(new Prepare(known.sql, known.bytes, resolve))
    })
    if (answer instanceof Failure) return answer
    if (!('errno' in answer)) {
      known.wire = answer
      return null
    }
    if (answer.errno !== UNPREPARABLE || known.scan.shape.parameterCount > 0) return serverFailure(answer)
    known.isText = true
    return null
  }

  reachedToStop(exchange: Exchange): void {
    this.stopper.reached(exchange)
  }

  lost(reason: ServerError | Error | null): Failure {
    const failure = this.#killed ?? new Failure(this.isClosing ? closedRecord : lostRecord(reason))
    this.end(failure, this.#killed || !this.isClosing ? notBegunRecord : closedRecord)
    this.#settleClosed(this.isClosing && !this.#killed ? null : failure)
    return failure
  }

  /** Ends the connection at once; false when it was ended, or being ended, before. */
  kill(): boolean {
    if (this.ended) return false
    this.#killed = new Failure(killedRecord)
    this.line.destroy()
    this.#endOnServer()
    return true
  }

  #killed: Failure | null = null

  /** Ends the connection over a call that was given up, and that the server did not stop in time. */
  endOverdue(): void {
    this.isOverdue = true
    this.kill()
  }

  /** Takes no more calls; those that have not begun fail with this record. */
  end(failure: Failure, waiting: ErrorRecord): void {
    this.ended ??= failure
    this.#waitingRecord ??= waiting
    for (const turn of this.turns.takeAll()) this.turns.startNow(turn)
  }

  #waitingRecord: ErrorRecord | null = null

  /** What calls fail with that come, or begin, when all is over. */
  refusal(): Failure | null {
    if (!this.ended) return null
    return this.#waitingRecord ? new Failure(this.#waitingRecord) : this.ended
  }

  // A server notices the end of a connection when it next writes to it, which may be after hours of work.
  #endOnServer(): void {
    void runBeside(this.options, this.link.address, `KILL ${this.link.id}`)
  }
}

/** The server's number for a statement that it does not prepare. */
const UNPREPARABLE = 1295

/** The command that makes a session anew. */
const RESET = 0x1f
