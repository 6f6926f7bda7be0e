import type { Connection, OpenResult, Outcome, Query } from '../contract/connection.ts'
import { TransactionEndedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { RowMode, Value } from '../contract/value.ts'
import type { Limit } from './limit.ts'
import type { Prepared, Preparer } from './preparer.ts'
import type { Statement } from './statement.ts'

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
  readonly #limit: Limit | null
  readonly #pending = new Set<Promise<unknown>>()
  #ended = false
  /** Statements run inside a transaction and must not run without it. */
  inTransaction = false

  constructor(connection: Connection, preparer: Preparer, kind: SessionKind, limit: Limit | null) {
    this.connection = connection
    this.preparer = preparer
    this.#kind = kind
    this.#limit = limit
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Refuses everything from now on. */
  end(): void {
    this.#ended = true
  }

  async run({ statement, values }: Prepared, rowMode: RowMode): Promise<Outcome> {
    this.check()
    const outcome = await this.connection.query({ ...this.#common(statement), values, rowMode })
    if (outcome instanceof Failure) throw this.errorOf(outcome, statement)
    return outcome
  }

  async runMany(statement: Statement, sets: readonly (readonly Value[])[]): Promise<Outcome> {
    this.check()
    const outcome = await this.connection.queryMany(this.#common(statement), sets)
    if (outcome instanceof Failure) throw this.errorOf(outcome, statement)
    return outcome
  }

  async open({ statement, values }: Prepared, rowMode: RowMode, size: number): Promise<OpenResult> {
    this.check()
    const opened = await this.connection.open({ ...this.#common(statement), values, rowMode }, size)
    if (opened instanceof Failure) throw this.errorOf(opened, statement)
    return opened
  }

  /** Throws if the session has ended. */
  check(): void {
    if (!this.#ended) return
    throw new TransactionEndedError(
      `the ${this.#kind} has ended, so nothing more can be done with it; a call that was to outlive it must go through ` +
        'the pool, from pool.outside(...) if it starts inside',
      { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' },
    )
  }

  errorOf(failure: Failure, statement?: Statement): unknown {
    if (failure.record.kind === 'aborted' && this.#limit?.signal.aborted) return this.#limit.toError()
    return failure.toError(statement?.sql)
  }

  /**
   * Remembers a call that the caller may forget to await. Its rejection is no unhandled one: {@link settle} finds it.
   */
  track<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call)
    const forget = () => this.#pending.delete(call)
    call.then(forget, forget)
    return call
  }

  /** Waits for the calls that nobody awaited; throws the first failure among them. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) {
      const settled = await Promise.allSettled(this.#pending)
      for (const result of settled) if (result.status === 'rejected') throw result.reason
    }
  }

  #common(statement: Statement): Omit<Query, 'values' | 'rowMode'> {
    const { sql, shape } = statement
    return { sql, names: shape.parameterNames, inTransaction: this.inTransaction, signal: this.#limit?.signal }
  }
}
