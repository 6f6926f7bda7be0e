import type { Connection, OpenResult, Outcome, Query } from '../contract/connection.ts'
import { TransactionEndedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { ValueSets } from '../contract/sets.ts'
import type { ResultMode } from '../contract/value.ts'
import { FollowUps } from './after-commit.ts'
import { errorWithin, type Limit } from './limit.ts'
import { MadeCalls } from './made-calls.ts'
import type { Prepared, Preparer } from './preparer.ts'
import type { Statement } from './statement.ts'
import { Story } from './story.ts'

/** What a session belongs to, for messages: `transaction`, `connection`. */
export type SessionKind = 'transaction' | 'connection'

/**
 * The exclusive use of one connection, from its begin to its end. Everything that is done on the connection goes
 * through here, so that nothing is done on it after the end, and nothing that was begun is forgotten.
 */
export class Session extends MadeCalls {
  readonly preparer: Preparer
  readonly connection: Connection
  readonly #kind: SessionKind
  readonly limit: Limit | null
  /** What went wrong in the transaction. */
  readonly story: Story
  /** What is to be done after the commit. */
  readonly followUps = new FollowUps()
  /** The session that this one is a part of and cannot outlive. */
  readonly #outer: Session | null
  /** Results of which rows are left. */
  readonly #open = new Set<OpenResult>()
  #ended = false
  /** Statements run inside a transaction and must not run without it. */
  inTransaction = false
  /** Which attempt at the interaction this is, from 1. */
  attempt: number

  constructor(
    connection: Connection,
    preparer: Preparer,
    kind: SessionKind,
    limit: Limit | null,
    outer: Session | null = null,
  ) {
    super()
    this.connection = connection
    this.preparer = preparer
    this.#kind = kind
    this.limit = limit
    this.#outer = outer
    this.story = outer?.story ?? new Story()
    this.attempt = outer?.attempt ?? 1
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
    return opened.first.more ? this.#followed(opened) : opened
  }

  /** Drops the results of which rows are left: they would keep the connection at the state of the database they read. */
  async dropResults(): Promise<void> {
    await Promise.all([...this.#open].map((result) => result.close()))
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
    return this.story.tell(failure, errorWithin(this.limit, failure, statement?.sql))
  }

  #followed(opened: OpenResult): OpenResult {
    const followed: OpenResult = {
      first: opened.first,
      next: async (size) => {
        const page = await opened.next(size)
        if (page instanceof Failure || !page.more) this.#open.delete(followed)
        return page
      },
      close: () => {
        this.#open.delete(followed)
        return opened.close()
      },
    }
    this.#open.add(followed)
    return followed
  }

  #common(statement: Statement): Omit<Query, 'values' | 'rowMode'> {
    const { sql, shape } = statement
    return { sql, names: shape.parameterNames, inTransaction: this.inTransaction, signal: this.limit?.signal }
  }
}
