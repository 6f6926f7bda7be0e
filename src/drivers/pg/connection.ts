import {
  type Connection,
  Failure,
  type IsolationLevel,
  type Layout,
  type OpenResult,
  type Outcome,
  type Progress,
  type Query,
  rowsInManyRecord,
  type Standing,
  type TransactionMode,
  type Value,
  ValueSets,
} from '../../contract/index.ts'
import { abortedRecord, closedRecord } from '../../thread/loss.ts'
import type { Call } from './call.ts'
import { CloseCall } from './close-call.ts'
import { type Control, ControlCall } from './control-call.ts'
import {
  begin,
  commit,
  discard,
  refuseTouched,
  releaseSavepoint,
  rollback,
  rollbackToSavepoint,
  savepoint,
  settle,
} from './controls.ts'
import { type Fields, lostRecord } from './errors.ts'
import { ManyCall } from './many-call.ts'
import { OpenCall } from './open-call.ts'
import type { PgNotice, PgOptions } from './options.ts'
import type { PageResolve } from './page.ts'
import { Pipeline } from './pipeline.ts'
import { ClosePortalCall, NextCall } from './portal-calls.ts'
import { QueryCall } from './query-call.ts'
import { shape } from './scan.ts'
import { standing } from './standing.ts'
import { Statements } from './statements.ts'
import type { Wire } from './wire.ts'

/** One session of a PostgreSQL server. */
export class PgConnection implements Connection {
  readonly layout: Layout = 'equal'
  readonly closed: Promise<Failure | null>
  readonly #line: Pipeline
  readonly #wire: Wire
  #closing: Promise<Failure | null> | null = null
  #portals = 0
  /** Whoever has opened it sets up its session, and is not done with that. */
  #setsUp: boolean
  readonly #wasSetUp: boolean

  constructor(
    wire: Wire,
    { statementCache, preparedStatements, maxResultBytes, onNotice }: PgOptions,
    setsUp: boolean,
  ) {
    this.#setsUp = setsUp
    this.#wasSetUp = setsUp
    const { promise, resolve } = Promise.withResolvers<Failure | null>()
    this.closed = promise
    this.#wire = wire
    this.#line = new Pipeline(wire, {
      statements: new Statements(statementCache, preparedStatements),
      maxResultBytes,
      onNotice: (fields) => onNotice?.(noticeOf(fields)),
      onEnd: (failure) => resolve(this.#closing ? null : failure),
    })
  }

  get progress(): Progress {
    const { pending, answered } = this.#line
    return { pending, answered }
  }

  query(query: Query): Promise<Outcome | Failure> {
    return new Promise((resolve) => this.#send(new QueryCall(query, resolve), query.signal))
  }

  queryMany(query: Omit<Query, 'values' | 'rowMode'>, sets: Iterable<readonly Value[]>): Promise<Outcome | Failure> {
    if (!this.#closing && shape(query.sql).readsRows) return Promise.resolve(new Failure(rowsInManyRecord))
    return new Promise((resolve) => this.#send(new ManyCall(query, ValueSets.of(sets), resolve), query.signal))
  }

  async open(query: Query, size: number): Promise<OpenResult | Failure> {
    const { promise, resolve } = Promise.withResolvers<AnyPage>()
    const call = new OpenCall(query, size, `offloop_${this.#portals++}`, resolve)
    this.#send(call, query.signal)
    const first = await promise
    if (first instanceof Failure) return first
    return { first, ...(call.isHeld ? this.#heldResult(call) : this.#portalResult(call)) }
  }

  begin(mode: TransactionMode, level?: IsolationLevel | undefined): Promise<Failure | null> {
    return this.#control(begin(mode, level))
  }

  commit(): Promise<Failure | null> {
    return this.#control(commit)
  }

  rollback(): Promise<Failure | null> {
    return this.#control(rollback)
  }

  savepoint(name: string): Promise<Failure | null> {
    return this.#control(savepoint(name))
  }

  releaseSavepoint(name: string): Promise<Failure | null> {
    return this.#control(releaseSavepoint(name))
  }

  rollbackToSavepoint(name: string): Promise<Failure | null> {
    return this.#control(rollbackToSavepoint(name))
  }

  close(): Promise<Failure | null> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  standing(): Promise<Standing | Failure> {
    return standing(this)
  }

  async reset(): Promise<Failure | null> {
    const isFirst = this.#setsUp
    this.#setsUp = false
    const failure = await this.#control(isFirst ? settle : this.#wasSetUp ? refuseTouched : discard)
    if (failure) void this.close()
    return failure
  }

  interrupt(failure: Failure): Promise<Failure | null> {
    return this.#line.interrupt(failure)
  }

  kill(): boolean {
    const { ended, pending } = this.#line
    if (ended) return false
    this.#line.end(new Failure(killedRecord))
    // A server that is busy does not notice that nobody listens any more.
    if (pending > 0) void this.#wire.cancel().catch(() => undefined)
    return true
  }

  async #close(): Promise<Failure | null> {
    this.#line.send(new CloseCall())
    await this.closed
    return null
  }

  /** Pages of a result that has its line to itself; asked for together they come one after the other. */
  #heldResult(call: OpenCall): Pick<OpenResult, 'next' | 'close'> {
    let before: Promise<unknown> = Promise.resolve()
    const closed = new Failure(closedRecord)
    return {
      next: (size) => {
        const page = before.then(() =>
          this.#closing ? closed : new Promise<AnyPage>((resolve) => call.nextPage(size, resolve)),
        )
        before = page
        return page
      },
      close: () => before.then(() => call.close()),
    }
  }

  #portalResult(call: OpenCall): Pick<OpenResult, 'next' | 'close'> {
    return {
      next: (size) => new Promise((resolve) => this.#send(new NextCall(call, size, resolve), call.query.signal)),
      close: () => new Promise((resolve) => this.#send(new ClosePortalCall(call, resolve), undefined)),
    }
  }

  #control(control: Control): Promise<Failure | null> {
    return new Promise((resolve) => this.#send(new ControlCall(control, resolve), undefined))
  }

  #send(call: Call, signal: AbortSignal | undefined): void {
    if (this.#closing) return call.fail(new Failure(closedRecord))
    if (!signal) return this.#line.send(call)
    if (signal.aborted) return call.fail(new Failure(abortedRecord))
    const abort = () => this.#line.giveUp(call, new Failure(abortedRecord))
    signal.addEventListener('abort', abort, { once: true })
    call.onAnswer = () => signal.removeEventListener('abort', abort)
    this.#line.send(call)
  }
}

type AnyPage = Parameters<PageResolve>[0]

const killedRecord = { ...lostRecord('it was ended over a call that had no end'), code: 'CONNECTION_KILLED' }

function noticeOf({ V, S, C, M, D, H }: Fields): PgNotice {
  return {
    severity: V ?? S ?? 'NOTICE',
    code: C ?? '00000',
    message: M ?? '',
    ...(D !== undefined && { detail: D }),
    ...(H !== undefined && { hint: H }),
  }
}
