import type { Connection, Fate, OpenResult, Outcome, Page, Progress, Query } from '../contract/connection.ts'
import type { ConnectContext } from '../contract/driver.ts'
import { Failure } from '../contract/failure.ts'
import { ValueSets } from '../contract/sets.ts'
import type { Layout, TransactionMode } from '../contract/statement.ts'
import type { ThreadAnswer, ThreadCall } from '../contract/thread-call.ts'
import { fullTuning } from '../contract/tuning.ts'
import type { ResultMode, Value } from '../contract/value.ts'
import type { Call } from './call.ts'
import { askFlags, ManyCall, NextCall, OpenCall, PlainCall, QueryCall } from './calls.ts'
import { Channel } from './channel.ts'
import type { ChannelSetting } from './channel-setting.ts'
import { FunctionCall } from './function-call.ts'
import { abortedRecord, lostRecord } from './loss.ts'
import { MeasuredQueryCall } from './measured-call.ts'
import type { Exit, LoopPort } from './port.ts'
import { type ControlVerb, request } from './protocol.ts'
import type { KnownStatement } from './statements.ts'

/** A blocking connection in its own thread, as an asynchronous one. */
export class ThreadConnection implements Connection {
  readonly closed: Promise<Failure | null>
  readonly kill?: () => boolean
  readonly #channel: Channel
  #layout: Layout = 'one'
  #closing: Promise<Failure | null> | null = null
  #catchingUp: Promise<Failure | null> | null = null
  #cursors = 0

  /** Use {@link ThreadConnection.open}. */
  constructor(port: LoopPort, setting: ChannelSetting) {
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    this.closed = promise
    const onEnd = (exit: Exit) => resolve(this.#closing ? null : new Failure(lostRecord(exit)))
    this.#channel = new Channel(port, setting, onEnd)
    if (port.kill) this.kill = () => port.kill?.() ?? false
  }

  /** Opens the connection in a thread that has started; rejects with the driver's failure as an error. */
  static async open(
    port: LoopPort,
    options: unknown,
    context: ConnectContext,
    statementsKept?: number,
  ): Promise<ThreadConnection> {
    const { name, role, after, tuning = fullTuning, signal } = context
    const connection = new ThreadConnection(port, {
      adaptiveWaking: tuning.adaptiveWaking,
      statementsKept,
      writes: role !== 'reader',
    })
    const giveUp = () => connection.#leave()
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await after
      const answer = await connection.#ask(request.connect, [{ name, role, tuning }, options])
      if (answer instanceof Failure) throw answer.toError()
      connection.#layout = answer as Layout
      return connection
    } catch (error) {
      await connection.close()
      throw error
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  get layout(): Layout {
    return this.#layout
  }

  query(query: Query): Promise<Outcome | Failure> {
    const statement = this.#channel.statement(query.sql, query.names)
    const flags = askFlags(query.inTransaction, query.signal !== undefined)
    const Class = query.measured ? MeasuredQueryCall : QueryCall
    return new Promise((resolve) => {
      this.#send(new Class(statement, query, flags, resolve), query.signal)
    })
  }

  queryMany(query: Omit<Query, 'values' | 'rowMode'>, sets: Iterable<readonly Value[]>): Promise<Outcome | Failure> {
    const statement = this.#channel.statement(query.sql, query.names)
    const flags = askFlags(query.inTransaction, query.signal !== undefined)
    return new Promise((resolve) => {
      this.#send(new ManyCall(statement, ValueSets.of(sets), flags, resolve), query.signal)
    })
  }

  async open(query: Query, size: number): Promise<OpenResult | Failure> {
    const statement = this.#channel.statement(query.sql, query.names)
    const flags = askFlags(query.inTransaction, query.signal !== undefined)
    const page = { cursor: this.#cursors++, size, rowMode: query.rowMode }
    const first = await new Promise<Page | Failure>((resolve) => {
      this.#send(new OpenCall(statement, query.values, page, flags, resolve), query.signal)
    })
    return first instanceof Failure ? first : this.#openResult(statement, page, first, query.signal)
  }

  begin(mode: TransactionMode): Promise<Failure | null> {
    return this.#control(mode === 'write' ? 'beginWrite' : 'beginRead')
  }

  commit(): Promise<Failure | null> {
    return this.#control('commit')
  }

  rollback(): Promise<Failure | null> {
    return this.#control('rollback')
  }

  savepoint(name: string): Promise<Failure | null> {
    return this.#control('savepoint', name)
  }

  releaseSavepoint(name: string): Promise<Failure | null> {
    return this.#control('releaseSavepoint', name)
  }

  rollbackToSavepoint(name: string): Promise<Failure | null> {
    return this.#control('rollbackToSavepoint', name)
  }

  get progress(): Progress {
    const { inFlight, answered } = this.#channel
    return { pending: inFlight, answered }
  }

  giveUp(failureOf: (fate: Fate) => Failure): Promise<Failure | null> {
    this.#catchingUp ??= this.#giveUp(failureOf)
    return this.#catchingUp
  }

  runInThread(call: ThreadCall): Promise<ThreadAnswer> {
    return new Promise((resolve) => this.#send(new FunctionCall(call, resolve), call.signal))
  }

  close(): Promise<Failure | null> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #giveUp(failureOf: (fate: Fate) => Failure): Promise<Failure | null> {
    const failure = await new Promise<Failure | null>((resolve) => {
      // Where all was answered by now, nothing is given up; what is open is rolled back all the same.
      if (!this.#channel.giveUp(failureOf, PlainCall.control('recover', '', resolve))) resolve(this.rollback())
    })
    this.#catchingUp = null
    if (!failure) this.#channel.reopen()
    return failure
  }

  // Nobody knows whether the thread will ever answer; it is not waited for, and ends if it comes so far.
  #leave(): void {
    this.#channel.letGo()
    void this.close()
  }

  async #close(): Promise<Failure | null> {
    this.#channel.holdToTheEnd()
    const answer = await new Promise((resolve) => this.#channel.sendAnyway(new PlainCall(request.close, [], resolve)))
    await this.closed
    return answer instanceof Failure ? answer : null
  }

  #openResult(
    statement: KnownStatement,
    page: { readonly cursor: number; readonly rowMode: ResultMode },
    first: Page,
    signal: AbortSignal | undefined,
  ): OpenResult {
    // The transaction that the first page needed is the second one's too: whoever ended it has dropped the result.
    const flags = askFlags(false, signal !== undefined)
    return {
      first,
      next: (size) =>
        new Promise((resolve) => this.#send(new NextCall(statement, { ...page, size }, flags, resolve), signal)),
      close: async () => {
        const answer = await this.#ask(request.drop, [page.cursor])
        return answer instanceof Failure ? answer : null
      },
    }
  }

  #control(verb: ControlVerb, name = ''): Promise<Failure | null> {
    return new Promise((resolve) => this.#channel.send(PlainCall.control(verb, name, resolve)))
  }

  #ask(type: number, content: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve) => this.#channel.send(new PlainCall(type, content, resolve)))
  }

  #send(call: Call, signal: AbortSignal | undefined): void {
    // A call that was given up before it was made is not sent: in a process it could otherwise be done before it is stopped.
    if (signal?.aborted) return call.fail(new Failure(abortedRecord))
    this.#channel.send(call)
    if (signal) this.#watch(call, signal)
  }

  // Whichever side decides first wins: once the channel says the call is given up, it leaves no trace.
  #watch(call: Call, signal: AbortSignal): void {
    const abort = () => {
      if (this.#channel.cancel(call)) call.fail(new Failure(abortedRecord))
    }
    signal.addEventListener('abort', abort, { once: true })
    call.onAnswer = () => signal.removeEventListener('abort', abort)
  }
}
