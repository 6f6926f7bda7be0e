import type { Connection, OpenResult, Outcome, Query } from '../contract/connection.ts'
import { TransactionEndedError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { ValueSets } from '../contract/sets.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import type { ResultMode } from '../contract/value.ts'
import { FollowUps } from './after-commit.ts'
import type { Holder } from './holder.ts'
import { errorWithin, type Limit } from './limit.ts'
import { MadeCalls } from './made-calls.ts'
import type { Prepared, Preparer } from './preparer.ts'
import type { StatementTold } from './query-trace.ts'
import type { Statement } from './statement.ts'
import { Story } from './story.ts'

/** What a session belongs to, for messages: `transaction`, `connection`. */
export type SessionKind = 'transaction' | 'connection'

/** What all that runs statements says of them. */
type Common = Omit<Query, 'values' | 'rowMode'>
type Send<O> = (common: Common) => Promise<O | Failure>
/** What is told of a statement beside its text. */
type ToldOf = Pick<StatementTold, 'values' | 'sets'>

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
  /** What is to be done after the commit or the rollback. */
  readonly followUps: FollowUps
  /** The session that this one is a part of and cannot outlive. */
  readonly #outer: Session | null
  /** Results of which rows are left. */
  readonly #open = new Set<OpenResult>()
  #ended = false
  /** Grows with whatever is a step forward: a row that was taken, a group of values that was written. */
  progress = 0
  /** Statements run inside a transaction and must not run without it. */
  inTransaction = false
  /** The isolation level that was asked for its transaction. */
  isolationLevel: IsolationLevel | undefined
  /** Who is told of what is sent here; null where nobody wants to know. */
  holder: Holder | null
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
    this.followUps = new FollowUps(outer?.followUps)
    this.attempt = outer?.attempt ?? 1
    this.isolationLevel = outer?.isolationLevel
    this.holder = outer?.holder ?? null
  }

  get ended(): boolean {
    return this.#ended || (this.#outer?.ended ?? false)
  }

  /** Whether it is that session, or one inside it. */
  isPartOf(session: Session): boolean {
    return this === session || (this.#outer?.isPartOf(session) ?? false)
  }

  /** The session that it is a part of, and that is a part of no other. */
  get outermost(): Session {
    return this.#outer?.outermost ?? this
  }

  /** Refuses everything from now on. */
  end(): void {
    this.#ended = true
  }

  async run({ statement, values, maxRows }: Prepared, rowMode: ResultMode): Promise<Outcome> {
    return await this.#ask(statement, { values }, (common) =>
      this.connection.query({ ...common, values, rowMode, maxRows }),
    )
  }

  async runMany(statement: Statement, sets: ValueSets): Promise<Outcome> {
    return await this.#ask(statement, { sets: sets.count }, (common) => this.connection.queryMany(common, sets))
  }

  async open({ statement, values }: Prepared, rowMode: ResultMode, size: number): Promise<OpenResult> {
    const opened = await this.#ask(statement, { values }, (common) =>
      this.connection.open({ ...common, values, rowMode }, size),
    )
    return opened.first.more ? this.#followed(opened) : opened
  }

  /**
   * Drops the results of which rows are left, which would keep the connection at the state of the database they read, and
   * what else was left for the next one to find. With a failure when nobody is to have the connection any more.
   */
  async dropResults(): Promise<Failure | null> {
    await Promise.all([...this.#open].map((result) => result.close()))
    return (await this.connection.reset?.()) ?? null
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
    const meant = this.story.meantBy(failure)
    return this.story.tell(meant, errorWithin(this.limit, meant, statement?.sql))
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

  async #ask<O extends Outcome | OpenResult>(statement: Statement, told: ToldOf, send: Send<O>): Promise<O> {
    this.check()
    const { sql, shape } = statement
    const { inTransaction, limit, holder } = this
    const common = { sql, names: shape.parameterNames, inTransaction, signal: limit?.signal }
    if (holder) holder.sql = sql
    const trace = holder?.traceOf({ sql, inTransaction, ...told })
    if (!trace) return this.#answered(statement, await send(common))
    return await trace.tell(async () => {
      const answer = await send({ ...common, measured: true })
      trace.onAnswered(answer instanceof Failure || 'rows' in answer ? answer : answer.first)
      return this.#answered(statement, answer)
    })
  }

  #answered<O extends Outcome | OpenResult>(statement: Statement, answer: O | Failure): O {
    if (answer instanceof Failure) throw this.errorOf(answer, statement)
    return answer
  }
}
