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
} from '../../contract/index.ts'
import { quoteIdentifier } from './identifier.ts'
import { ManyRun } from './many.ts'
import { PagedCall } from './paged-call.ts'
import { QueryCall } from './query-call.ts'
import { abortedRecord, closedRecord, goneRecord, nestedRecord, touchedRecord, unstoppableRecord } from './records.ts'
import { shape } from './scan.ts'
import type { Session } from './session.ts'
import { setUp } from './set-up.ts'
import { standing } from './standing.ts'

const QUIT = 0x01

/** A connection to a server, on the event loop. */
export class MysqlConnection implements Connection {
  readonly layout: Layout = 'equal'
  readonly closed: Promise<Failure | null>
  readonly #session: Session
  #closing: Promise<Failure | null> | null = null

  /** The first reset is that of whoever set the session up, which is to stay. */
  #isSetUp: boolean
  readonly #wasSetUp: boolean
  readonly #readOnly: boolean

  constructor(session: Session, setsUp: boolean, readOnly: boolean) {
    this.#session = session
    this.#isSetUp = !setsUp
    this.#wasSetUp = setsUp
    this.#readOnly = readOnly
    this.closed = session.closed
  }

  get progress(): Progress {
    const { turns, answered } = this.#session
    return { pending: turns.pending, answered }
  }

  query(query: Query): Promise<Outcome | Failure> {
    return new Promise((resolve) => {
      const { signal, inTransaction } = query
      if (signal?.aborted) return resolve(new Failure(abortedRecord))
      this.#enter(new QueryCall(this.#session, query, inTransaction, resolve))
    })
  }

  async queryMany(
    query: Omit<Query, 'values' | 'rowMode'>,
    sets: Iterable<readonly Value[]>,
  ): Promise<Outcome | Failure> {
    const run = new ManyRun(this.#session, query, sets)
    return await this.#alone(async () => {
      return shape(query.sql).readsRows ? new Failure(rowsInManyRecord) : run.run()
    })
  }

  open(query: Query, size: number): Promise<OpenResult | Failure> {
    return new Promise((resolve) => this.#enter(new PagedCall(this.#session, query, size, resolve)))
  }

  begin(mode: TransactionMode, level?: IsolationLevel): Promise<Failure | null> {
    return this.#alone(async () => {
      const session = this.#session
      if (session.inTransaction) return new Failure(nestedRecord)
      const levelled = level ? session.control(`SET TRANSACTION ISOLATION LEVEL ${level.toUpperCase()}`) : null
      const begun = session.control(mode === 'read' ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION')
      return (await levelled) ?? (await begun)
    })
  }

  commit(): Promise<Failure | null> {
    return this.#alone(async () => {
      const session = this.#session
      session.dropOpen()
      if (!session.inTransaction) return new Failure(goneRecord)
      return this.#control('COMMIT')
    })
  }

  rollback(): Promise<Failure | null> {
    return this.#alone(async () => {
      const session = this.#session
      session.dropOpen()
      return session.inTransaction ? this.#control('ROLLBACK') : null
    })
  }

  savepoint(name: string): Promise<Failure | null> {
    return this.#within(`SAVEPOINT ${quoteIdentifier(name)}`)
  }

  releaseSavepoint(name: string): Promise<Failure | null> {
    return this.#within(`RELEASE SAVEPOINT ${quoteIdentifier(name)}`)
  }

  rollbackToSavepoint(name: string): Promise<Failure | null> {
    return this.#within(`ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`)
  }

  async reset(): Promise<Failure | null> {
    const session = this.#session
    // What stands before it may yet leave something.
    const mayHave = session.hasTraces || session.turns.pending > 0
    const failure = mayHave ? await this.#alone(() => this.#reset()) : null
    this.#isSetUp = true
    if (failure) void this.close()
    return failure
  }

  async #reset(): Promise<Failure | null> {
    const session = this.#session
    const { hasTraces } = session
    session.hasTraces = false
    if (!hasTraces || !this.#isSetUp) return null
    if (this.#wasSetUp) return new Failure(touchedRecord, unstoppableRecord)
    return (await session.forgetAll()) ?? (await setUp(session, this.#readOnly))
  }

  close(): Promise<Failure | null> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  standing(): Promise<Standing | Failure> {
    return standing(this)
  }

  async interrupt(failure: Failure): Promise<Failure | null> {
    const session = this.#session
    // Answers that have come and were not read yet are not what the server is at.
    await new Promise((resolve) => setImmediate(resolve))
    const { head } = session.line
    if (!head) return session.ended
    // What has several exchanges with the server is ended with its connection.
    if (!(head instanceof QueryCall)) return new Failure(unstoppableRecord)
    await head.interrupt(failure)
    return session.ended
  }

  kill(): boolean {
    return this.#session.kill()
  }

  async #close(): Promise<Failure | null> {
    const session = this.#session
    session.dropOpen()
    const quit = this.#alone(async () => {
      session.isClosing = true
      session.line.post((out) => {
        out.begin(1)
        out.uint8(QUIT)
        out.end()
      })
      session.end(new Failure(closedRecord), closedRecord)
      session.line.end()
      return null
    })
    this.#isClosing = true
    await quit
    await session.closed
    return null
  }

  #isClosing = false

  #within(sql: string): Promise<Failure | null> {
    return this.#alone(async () => {
      return this.#session.inTransaction ? this.#control(sql) : new Failure(goneRecord)
    })
  }

  /** Runs a statement of the driver's own; after a failure the server tells how the session stands. */
  async #control(sql: string): Promise<Failure | null> {
    const failure = await this.#session.control(sql)
    if (failure) await this.#session.probe()
    return failure
  }

  #alone<T>(work: () => Promise<T | Failure>): Promise<T | Failure> {
    return new Promise((resolve) => {
      const session = this.#session
      const start = async () => {
        const refusal = session.refusal()
        resolve(refusal ?? (await work()))
        session.answered++
        session.turns.end()
      }
      this.#enter({ alone: true, start: () => void start() })
    })
  }

  #enter(turn: { readonly alone: boolean; start(): void }): void {
    const { turns } = this.#session
    // What comes behind close, or after the end, is refused in its turn, which comes at once.
    if (this.#isClosing || this.#session.ended) turns.startNow(turn)
    else turns.enter(turn)
  }
}
