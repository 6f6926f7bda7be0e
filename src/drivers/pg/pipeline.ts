import { Failure } from '../../contract/index.ts'
import { overdueFailure, PATIENCE as STOP_PATIENCE } from '../server/overdue.ts'
import { type Call, Calls, type Line, settle } from './call.ts'
import { Canceller } from './canceller.ts'
import { dispatch } from './dispatch.ts'
import { type Fields, isFatal, lostRecord, ProtocolError, readFields } from './errors.ts'
import { Inbox, TooLongError } from './inbox.ts'
import { failureOf, farewellRecord, notBegunRecord, tooManyBytesRecord } from './losses.ts'
import { answer, writeTerminate } from './messages.ts'
import { Outbox } from './outbox.ts'
import type { Statements } from './statements.ts'
import { status } from './status.ts'
import { Stopwatch } from './stopwatch.ts'
import type { Wire } from './wire.ts'

/** What a line is told beside its wire. */
export interface PipelineSetting {
  readonly statements: Statements
  readonly maxResultBytes: number
  onNotice(fields: Fields): void
  /** The line has come to its end; null when it was asked to. */
  onEnd(failure: Failure | null): void
}

/**
 * The calls of one connection, in the order in which they were made. Those that may run behind each other are sent without
 * waiting for answers; each is written out completely before it counts as sent, and ends with a mark of its own, so that
 * what fails is only itself. Whatever comes that does not fit ends the connection: answers never move to another call.
 */
export class Pipeline implements Line {
  readonly out = new Outbox()
  readonly statements: Statements
  readonly maxResultBytes: number
  status: number = status.idle
  answered = 0
  isTouched = false
  readonly #wire: Wire
  readonly #setting: PipelineSetting
  readonly #inbox: Inbox
  readonly #waiting = new Calls()
  readonly #sent = new Calls()
  readonly #watch: Stopwatch
  readonly #canceller: Canceller
  #finished: Call[] = []
  /** Nothing is sent behind this one before it is answered. */
  #alone: Call | null = null
  #isLeaving = false
  #flushes = false
  #ended: Failure | null = null
  /** It is ended over a call that the server did not stop in time. */
  #isOverdue = false
  /** Why the server says that it ends the session. */
  #farewell: Fields | null = null

  constructor(wire: Wire, setting: PipelineSetting) {
    this.#wire = wire
    this.#setting = setting
    this.statements = setting.statements
    this.maxResultBytes = setting.maxResultBytes
    this.#watch = new Stopwatch(wire.distance)
    this.#canceller = new Canceller(wire, this.#sent, {
      onHeard: () => this.pump(),
      onUnheard: (error) => this.end(new Failure(lostRecord('a statement could not be cancelled', error))),
    })
    this.#inbox = new Inbox(
      (type, bytes, at, end) => this.#onMessage(type, bytes, at, end),
      setting.maxResultBytes + 1024,
    )
    wire.stream.on('data', (piece: Buffer) => this.#onData(piece))
    wire.stream.on('error', (error) => this.end(new Failure(lostRecord(error.message, error))))
    wire.stream.on('end', () => this.#onClosed())
    wire.stream.on('close', () => this.#onClosed())
  }

  get pending(): number {
    return this.#waiting.size + this.#sent.size - (this.#alone?.isResting ? 1 : 0)
  }

  get ended(): Failure | null {
    return this.#ended
  }

  /** Somebody waits for the call that has the line alone. */
  get isWaitedFor(): boolean {
    return this.#waiting.size > 0
  }

  send(call: Call): void {
    if (this.#ended) return settle(call, this.#ended)
    this.#waiting.push(call)
    this.pump()
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#ended) return
    for (let call = this.#waiting.first; call && this.#mayGo(call); call = this.#waiting.first) {
      this.#waiting.shift()
      if (this.#write(call)) continue
      this.answered++
      call.onAnswer?.()
    }
    if (this.#waiting.first) this.#alone?.onWaitedFor(this)
    this.flush()
  }

  /** Sends what was written, as soon as all that can be done at once is done. */
  flush(): void {
    if (this.#flushes || this.out.length === 0) return
    this.#flushes = true
    process.nextTick(() => {
      this.#flushes = false
      if (this.out.length > 0 && !this.#ended) this.#wire.stream.write(this.out.take())
    })
  }

  /** More was asked for of the call that has the line alone. */
  asked(): void {
    this.#watch.start()
    this.flush()
  }

  /** A part of its answer is complete: the milliseconds that it took. */
  pageTime(): number {
    this.answered++
    return this.#watch.share(1, false)
  }

  /** Stops a call: at once where it waits, else by asking the server as soon as it runs. */
  abort(call: Call, failure: Failure): void {
    if (this.#waiting.remove(call)) {
      this.answered++
      return settle(call, failure)
    }
    this.stop(call, failure)
  }

  /** Stops a call that nobody waits for any longer than the server may take to stop it. */
  giveUp(call: Call, failure: Failure): void {
    this.abort(call, failure)
    if (!this.#sent.has(call)) return
    call.givenUp = failure
    const timer = setTimeout(() => this.#onOverdue(call, failure), STOP_PATIENCE)
    call.follow(() => clearTimeout(timer))
  }

  /** Asks the server to stop a call that was sent; it fails with this if that was in time. */
  stop(call: Call, failure: Failure): void {
    if (call.stopped || this.#ended) return
    call.stopped = failure
    this.#canceller.cancelFirst()
  }

  /** Stops the call that is first in line. Resolves when that is settled; with a failure if the line came to its end. */
  interrupt(failure: Failure): Promise<Failure | null> {
    const first = this.#sent.first ?? this.#waiting.first
    if (!first || first.isResting) return Promise.resolve(this.#ended)
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    first.follow(() => resolve(this.#ended))
    this.abort(first, failure)
    return promise
  }

  /** Says goodbye: nothing is under way any more. A server that does not care is not waited for long. */
  sayGoodbye(): void {
    this.#isLeaving = true
    writeTerminate(this.out)
    this.#wire.stream.end(this.out.take())
    const timer = setTimeout(() => this.end(null), PATIENCE)
    this.#wire.stream.once('close', () => clearTimeout(timer))
  }

  /** Ends the line. All who wait are told why. */
  end(failure: Failure | null): void {
    if (this.#ended) return
    this.#ended = failure ?? new Failure(lostRecord('it was closed'))
    this.#wire.stream.destroy()
    this.#deliver()
    const lost = this.#farewell ? new Failure(farewellRecord(this.#farewell)) : this.#ended
    const [first, ...behind] = this.#sent.takeAll()
    if (first) settle(first, this.#fateOf(first, lost, true))
    for (const call of behind) settle(call, this.#fateOf(call, lost, false))
    for (const call of this.#waiting.takeAll()) settle(call, failure ? notBegun : lost)
    this.#alone = null
    this.#setting.onEnd(failure && lost)
  }

  // The server answers in order: after its farewell nothing behind the first was begun. And what only reads is as if it had
  // not been, where the line was ended over another call.
  #fateOf(call: Call, lost: Failure, isFirst: boolean): Failure {
    if (call.givenUp) return overdueFailure(call.givenUp, call.leavesNothing)
    return !isFirst && (this.#farewell || (this.#isOverdue && call.isRepeatable)) ? notBegun : lost
  }

  // A server that says nothing may never say anything again. Another call before it has its own time.
  #onOverdue(call: Call, failure: Failure): void {
    if (call.isResting) return
    if (this.#sent.first !== call) return settle(call, overdueFailure(failure, call.leavesNothing))
    this.#isOverdue = true
    this.end(new Failure(lostRecord('the server did not stop in time what was given up')))
  }

  #mayGo(call: Call): boolean {
    if (this.#alone || this.#canceller.isAsking || this.#sent.first?.stopped) return false
    return this.#sent.size === 0 || !call.isAlone(this)
  }

  #write(call: Call): boolean {
    const before = this.out.length
    try {
      if (!call.write(this)) return false
    } catch (error) {
      // Nothing of it was sent.
      this.out.cut(before)
      call.fail(failureOf(error))
      return false
    }
    if (this.#sent.size === 0) this.#watch.start()
    if (call.isAlone(this)) this.#alone = call
    this.statements.bulk = call.bulk
    this.#sent.push(call)
    return true
  }

  #onData(piece: Buffer): void {
    try {
      this.#inbox.receive(piece)
    } catch (error) {
      return this.#onWrong(error)
    }
    this.#deliver()
    this.pump()
  }

  #onWrong(error: unknown): void {
    const first = this.#sent.first
    if (error instanceof TooLongError && first) {
      this.#sent.shift()
      settle(first, new Failure(tooManyBytesRecord(this.maxResultBytes)))
    }
    const reason =
      error instanceof ProtocolError || error instanceof TooLongError ? error.message : 'its answer could not be read'
    this.end(new Failure(lostRecord(reason, error)))
  }

  #deliver(): void {
    const finished = this.#finished
    if (finished.length === 0) return
    this.#finished = []
    const time = this.#watch.share(finished.length, this.#sent.size > 0)
    for (const call of finished) {
      this.answered++
      call.deliver(time)
      call.onAnswer?.()
    }
  }

  #onMessage(type: number, bytes: Buffer, at: number, end: number): void {
    const { first } = this.#sent
    if (!first) return this.#onUnasked(type, bytes, at, end)
    if (type === answer.row) return first.onRow(bytes, at, end, this)
    if (type === answer.ready) return this.#onReady(first, bytes[at] as number)
    if (type === answer.error) return this.#onError(first, readFields(bytes, at, end))
    if (!dispatch(first, this, type, bytes, at, end)) this.#onUnasked(type, bytes, at, end)
  }

  #onError(first: Call, fields: Fields): void {
    if (isFatal(fields)) this.#farewell = fields
    else first.onError(fields, this)
  }

  // What a server may say at any time.
  #onUnasked(type: number, bytes: Buffer, at: number, end: number): void {
    if (type === answer.notice) this.#setting.onNotice(readFields(bytes, at, end))
    else if (type === answer.error) this.#farewell = readFields(bytes, at, end)
    else if (type !== answer.parameter && type !== answer.notification) {
      throw new ProtocolError(`a message of the type ${type} came where none was expected`)
    }
  }

  #onReady(first: Call, state: number): void {
    this.status = state
    this.#sent.shift()
    if (this.#alone === first) this.#alone = null
    if (first.finish(this)) this.#waiting.unshift(first)
    else this.#finished.push(first)
    this.#canceller.cancelFirst()
  }

  #onClosed(): void {
    if (this.#isLeaving) return this.end(null)
    const reason = this.#farewell ? 'the server ended it' : 'it was closed without a word'
    this.end(new Failure(lostRecord(reason)))
  }
}

/** Milliseconds that a server may take to close a connection that it was asked to close. */
const PATIENCE = 1000

const notBegun = new Failure(notBegunRecord)
