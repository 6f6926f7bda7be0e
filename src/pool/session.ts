import type { Connection, OpenResult, Outcome, Query } from '../contract/connection.ts'
import { TransactionEndedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { ValueSets } from '../contract/sets.ts'
import type { ResultMode } from '../contract/value.ts'
import { errorWithin, type Limit } from './limit.ts'
import type { Prepared, Preparer } from './preparer.ts'
import type { Statement } from './statement.ts'

/** A call that was made; its promise is there once it has been started. */
interface Tracked<T> {
  call: Promise<T> | null
}

/** What a session belongs to, for messages: `transaction`, `connection`. */
export type SessionKind = 'transaction' | 'connection'

/**
 * The exclusive use of one connection, from its begin to its end. Everything that is done on the connection goes
 * through here, so that nothing is done on it after the end, and nothing that was begun is forgotten.
 */
export class Session {
  readonly preparer: Preparer
  readonly connection: Connection
  readonly #kind: SessionKind
  readonly limit: Limit | null
  /** The session that this one is a part of and cannot outlive. */
  readonly #outer: Session | null
  readonly #pending = new Set<Tracked<unknown>>()
  #ended = false
  /** Grows with whatever is a step forward: a row that was taken, a group of values that was written. */
  progress = 0
  /** Statements run inside a transaction and must not run without it. */
  inTransaction = false

  constructor(
    connection: Connection,
    preparer: Preparer,
    kind: SessionKind,
    limit: Limit | null,
    outer: Session | null = null,
  ) {
    this.connection = connection
    this.preparer = preparer
    this.#kind = kind
    this.limit = limit
    this.#outer = outer
  }

  get ended(): boolean {
    return this.#ended || (this.#outer?.ended ?? false)
  }

  /** Refuses everything from now on. */
  end(): void {
    this.#ended = true
  }

  async run({ statement, values }: Prepared, rowMode: ResultMode): Promise<Outcome> {
    this.check()
    const outcome = await this.connection.query({ ...this.#common(statement), values, rowMode })
    if (outcome instanceof Failure) throw this.errorOf(outcome, statement)
    return outcome
  }

  async runMany(statement: Statement, sets: ValueSets): Promise<Outcome> {
    this.check()
    const outcome = await this.connection.queryMany(this.#common(statement), sets)
    if (outcome instanceof Failure) throw this.errorOf(outcome, statement)
    return outcome
  }

  async open({ statement, values }: Prepared, rowMode: ResultMode, size: number): Promise<OpenResult> {
    this.check()
    const opened = await this.connection.open({ ...this.#common(statement), values, rowMode }, size)
    if (opened instanceof Failure) throw this.errorOf(opened, statement)
    return opened
  }

  /** Throws if the session has ended. */
  check(): void {
    if (!this.ended) return
    throw new TransactionEndedError(
      `the ${this.#kind} has ended, so nothing more can be done with it; a call that was to outlive it must go through ` +
        'the pool, from pool.outside(...) if it starts inside',
      { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' },
    )
  }

  errorOf(failure: Failure, statement?: Statement): unknown {
    return errorWithin(this.limit, failure, statement?.sql)
  }

  /**
   * Makes a call and remembers it, since the caller may forget to await it. Its rejection is no unhandled one:
   * {@link settle} finds it.
   */
  track<T>(work: () => Promise<T>): Promise<T> {
    const tracked: Tracked<T> = { call: null }
    this.#pending.add(tracked)
    tracked.call = this.#follow(tracked, work)
    return tracked.call
  }

  // Until the call has failed nobody but its caller waits for its promise: a stack goes from one that waits to the next,
  // and ends where there are two.
  async #follow<T>(tracked: Tracked<T>, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      queueMicrotask(() => tracked.call?.catch(() => undefined))
      throw error
    } finally {
      this.#pending.delete(tracked)
    }
  }

  /** Waits for the calls that nobody awaited; throws the first failure among them. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) {
      const settled = await Promise.allSettled([...this.#pending].map(({ call }) => call))
      for (const result of settled) if (result.status === 'rejected') throw result.reason
    }
  }

  #common(statement: Statement): Omit<Query, 'values' | 'rowMode'> {
    const { sql, shape } = statement
    return { sql, names: shape.parameterNames, inTransaction: this.inTransaction, signal: this.limit?.signal }
  }
}
