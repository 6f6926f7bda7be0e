import type { Clock } from '../base/clock.ts'
import type { Outcome } from '../contract/connection.ts'
import type { Parameters, ResultMode } from '../contract/value.ts'
import type { Scope } from './ambient.ts'
import type { Autocommit, Single } from './autocommit.ts'
import type { AnyQueryOptions } from './calls.ts'
import { type Interactions, joined } from './interactions.ts'
import type { Intent } from './lanes.ts'
import { type Limit, within } from './limit.ts'
import { NO_OPTIONS, ownOptions, TUPLES } from './options.ts'
import type { Prepared, Preparer } from './preparer.ts'
import { StatementTrace } from './query-trace.ts'
import type { Session } from './session.ts'
import type { Telling } from './telling.ts'

/** What sets one kind of single call apart from another. */
export interface SingleKind<T> {
  /** The options that it knows. */
  readonly known: readonly string[]
  /** What is expected of a statement of which nothing is known. */
  readonly expect: Intent
  /** Takes from the outcome what the caller gets. */
  give(outcome: Outcome, rowMode: ResultMode): T
}

/** Calls that run one statement: each its own transaction, or a part of the one that the running code is in. */
export class Singles {
  readonly #interactions: Interactions
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer
  readonly #clock: Clock
  readonly #telling: Telling

  constructor(
    interactions: Interactions,
    autocommit: Autocommit,
    preparer: Preparer,
    setting: { readonly clock: Clock; readonly telling: Telling },
  ) {
    this.#interactions = interactions
    this.#autocommit = autocommit
    this.#preparer = preparer
    this.#clock = setting.clock
    this.#telling = setting.telling
  }

  /** Runs one statement. What is wrong with the call is a rejection too. */
  run<T>(kind: SingleKind<T>, sql: string, parameters: Parameters | undefined, options: AnyQueryOptions): Promise<T> {
    const scope = this.#interactions.current
    if (scope) return scope.session.track(() => this.#within(scope, kind, sql, parameters, options))
    if (options !== NO_OPTIONS && options !== TUPLES) return this.#within(null, kind, sql, parameters, options)
    // Nearly every call comes here: no promise is made for it but the one that it returns and the connection's own.
    let prepared: Prepared
    try {
      prepared = this.#preparer.prepare(sql, parameters)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#alone(kind, prepared, this.#preparer.rowMode(options.rowMode), null)
  }

  async #within<T>(
    scope: Scope | null,
    kind: SingleKind<T>,
    sql: string,
    parameters: Parameters | undefined,
    options: AnyQueryOptions,
  ): Promise<T> {
    const own = ownOptions(options, kind.known, 'the call')
    const prepared = this.#preparer.prepare(sql, parameters, own)
    const rowMode = this.#preparer.resultMode(own.rowMode)
    const run = (limit: Limit | null) =>
      scope ? this.#joined(scope, kind, prepared, rowMode, limit) : this.#alone(kind, prepared, rowMode, limit)
    if (own.signal === undefined && own.timeout === undefined) return await run(null)
    return await within(own, this.#clock, run)
  }

  #alone<T>(kind: SingleKind<T>, prepared: Prepared, rowMode: ResultMode, limit: Limit | null): Promise<T> {
    if (this.#telling.ofQueries) return this.#told(kind, prepared, rowMode, limit)
    return this.#autocommit.run(this.#single(kind, prepared, rowMode, limit, null), kind.give)
  }

  async #told<T>(kind: SingleKind<T>, prepared: Prepared, rowMode: ResultMode, limit: Limit | null): Promise<T> {
    const { statement, values } = prepared
    const trace = new StatementTrace(this.#telling, { sql: statement.sql, values, inTransaction: false }, this.#clock)
    return await trace.tell(() => this.#autocommit.run(this.#single(kind, prepared, rowMode, limit, trace), kind.give))
  }

  #single(
    kind: SingleKind<unknown>,
    { statement, values, maxRows }: Prepared,
    rowMode: ResultMode,
    limit: Limit | null,
    trace: StatementTrace | null,
  ): Single {
    const { sql, shape } = statement
    return {
      sql,
      values,
      names: shape.parameterNames,
      rowMode,
      maxRows,
      inTransaction: false,
      signal: limit?.signal,
      statement,
      expect: kind.expect,
      limit,
      measured: trace !== null,
      trace,
    }
  }

  // What may be given up has to be undone while the interaction goes on.
  async #joined<T>(
    scope: Scope,
    kind: SingleKind<T>,
    prepared: Prepared,
    rowMode: ResultMode,
    limit: Limit | null,
  ): Promise<T> {
    const run = (session: Session) => session.run(prepared, rowMode)
    const work = limit ? this.#interactions.apart(scope, { readOnly: false, limit }, run) : joined(scope, run)
    return kind.give(await work, rowMode)
  }
}
