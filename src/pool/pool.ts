import { inspect } from 'node:util'
import type { Outcome } from '../contract/connection.ts'
import type { Driver } from '../contract/driver.ts'
import { Failure } from '../contract/failure.ts'
import type { Parameters, Row } from '../contract/value.ts'
import { Autocommit } from './autocommit.ts'
import { runJob, runMany } from './bulk.ts'
import {
  type Callback,
  callOf,
  type InsertOptions,
  type InteractionOptions,
  type ManyOptions,
  type OperationResult,
  type StreamOptions,
} from './calls.ts'
import { type InsertRows, insertOf } from './insert.ts'
import { type InteractionSetting, Interactions, type Scope } from './interactions.ts'
import { closedRecord, type Intent, Lanes } from './lanes.ts'
import { type Limit, limitOf } from './limit.ts'
import { opener } from './opener.ts'
import { type CallOptions, checkBoolean, NO_OPTIONS, ownOptions, type QueryOptions } from './options.ts'
import { type CheckedPoolOptions, checkPoolOptions, type PoolOptions } from './pool-options.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { Preparer } from './preparer.ts'
import type { Session } from './session.ts'
import { poolArguments, type Source } from './source.ts'
import { lanesStats, type PoolStats } from './stats.ts'
import { checkPageSize, rowsOf, Streams } from './stream.ts'
import type { Transaction } from './transaction.ts'

const CALL = ['signal', 'timeout'] as const
const QUERY = [...CALL, 'rowMode'] as const
const INTERACTION = [...QUERY, 'readOnly'] as const
const MANY = [...CALL, 'onProgress'] as const
const INSERT = [...MANY, 'columns'] as const
const STREAM = [...QUERY, 'pageSize'] as const

/**
 * Connections to one database, used by as many callers as there are, without blocking the event loop. Connections are
 * opened on first use; a pool that nobody uses does not keep the process alive.
 *
 * @example
 * await using pool = new ConnectionPool('sqlite:app.db')
 * const [user] = await pool.runQuery<{ age: number }>('SELECT age FROM users WHERE name = ?', ['joe'])
 */
export class ConnectionPool implements AsyncDisposable {
  readonly #source: Source
  readonly #options: CheckedPoolOptions
  readonly #preparer: Preparer
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #interactions: Interactions
  readonly #streams: Streams
  #started = false
  #closing: Promise<void> | null = null
  #closed = false

  /** A pool by database URL, such as `sqlite:app.db`. */
  constructor(url: string, options?: PoolOptions)
  /** A pool by driver: its name, the name of a module that exports one, or the driver itself; with its own options. */
  constructor(driver: string | Driver, connect: object, options?: PoolOptions)
  constructor(given: string | Driver, second?: object, third?: PoolOptions) {
    const { source, options = NO_OPTIONS } = poolArguments(given, second, third)
    const { driver, plan } = source
    this.#source = source
    this.#options = checkPoolOptions(options, driver.name)
    this.#preparer = new Preparer(driver, this.#options.rowMode)
    this.#lanes = new Lanes(plan.layout, {
      max: driver.threadsafety === 0 ? 1 : this.#options.max,
      readOnly: plan.readOnly,
      connect: opener(this.#source, this.#preparer, this.#options),
    })
    this.#autocommit = new Autocommit(this.#lanes)
    this.#interactions = new Interactions(this.#lanes, this.#autocommit, this.#preparer)
    this.#streams = new Streams(this.#lanes, this.#autocommit, this.#preparer)
  }

  /**
   * Runs one statement and gives its rows; none for a statement that gives none.
   *
   * @throws {SqlError} what the database said, with the caller's stack
   */
  runQuery<T = Row>(sql: string, parameters?: Parameters, options: QueryOptions = NO_OPTIONS): Promise<T[]> {
    return this.#tracked(async () => (await this.#run(sql, parameters, options, QUERY, 'read')).rows as T[])
  }

  /** Runs one statement and tells what it changed; rows that it gives are dropped. */
  runOperation(sql: string, parameters?: Parameters, options: CallOptions = NO_OPTIONS): Promise<OperationResult> {
    return this.#tracked(async () => {
      const { rowCount, lastRowId } = await this.#run(sql, parameters, options, CALL, 'write')
      return { rowCount, lastRowId }
    })
  }

  /**
   * Runs a callback in a transaction: committed when it returns, rolled back when it throws. Gives what the callback
   * gives, after COMMIT; throws the very error that it threw, after ROLLBACK. Calls through the pool inside join the
   * transaction, and an interaction inside is a savepoint of it.
   */
  runInteraction<T, A extends unknown[]>(callback: Callback<Transaction, A, T>, ...args: A): Promise<T>
  runInteraction<T, A extends unknown[]>(
    options: InteractionOptions,
    callback: Callback<Transaction, A, T>,
    ...args: A
  ): Promise<T>
  runInteraction(first: unknown, ...rest: unknown[]): Promise<unknown> {
    return this.#tracked(async () => {
      const { options, callback, args } = callOf<Transaction>(first, rest)
      return await this.#limited(options, INTERACTION, (limit, own) =>
        this.#interactions.run(this.#setting(own, limit), (txn) => callback(txn, ...args)),
      )
    })
  }

  /**
   * Lends a connection in DB-API 2.0 manner to a callback. What is uncommitted when it returns is committed, or rolled
   * back if it throws.
   */
  runWithConnection<T, A extends unknown[]>(callback: Callback<PooledConnection, A, T>, ...args: A): Promise<T>
  runWithConnection<T, A extends unknown[]>(
    options: InteractionOptions,
    callback: Callback<PooledConnection, A, T>,
    ...args: A
  ): Promise<T>
  async runWithConnection(first: unknown, ...rest: unknown[]): Promise<unknown> {
    const { options, callback, args } = callOf<PooledConnection>(first, rest)
    return await this.#limited(options, INTERACTION, (limit, own) =>
      this.#interactions.runWithConnection(this.#setting(own, limit), (connection) => callback(connection, ...args)),
    )
  }

  /** Runs a statement once per set of values, all of them or none. Values are taken as fast as the database takes them. */
  executeMany(
    sql: string,
    sets: Iterable<Parameters> | AsyncIterable<Parameters>,
    options: ManyOptions = NO_OPTIONS,
  ): Promise<{ rowCount: number }> {
    return this.#tracked(async () => {
      this.#preparer.statement(sql)
      return await this.#limited(options, MANY, (limit, own) =>
        this.#many((session) => runMany(session, sql, sets, own), limit),
      )
    })
  }

  /**
   * Inserts rows, given as objects by column name or as tuples, all of them or none. Rows are taken as fast as the
   * database takes them.
   */
  insertMany(table: string, rows: InsertRows, options: InsertOptions = NO_OPTIONS): Promise<{ rowCount: number }> {
    return this.#tracked(() =>
      this.#limited(options, INSERT, async (limit, own) => {
        const insert = await insertOf(table, rows, own.columns, this.#preparer.quoteIdentifier)
        return insert ? await this.#many((session) => runJob(session, insert, own), limit) : { rowCount: 0 }
      }),
    )
  }

  /**
   * Reads a result row by row, page by page, without ever holding all of it. Nothing is read before the iteration
   * starts; leaving it early frees the connection.
   */
  async *stream<T = Row>(
    sql: string,
    parameters?: Parameters,
    options: StreamOptions = NO_OPTIONS,
  ): AsyncGenerator<T, void, undefined> {
    const own = ownOptions(options, STREAM, 'a stream')
    const prepared = this.#preparer.prepare(sql, parameters)
    const pageSize = checkPageSize(own.pageSize)
    const rowMode = this.#preparer.rowMode(own.rowMode)
    const limit = limitOf(own, this.#options.clock)
    const scope = this.#interactions.current
    const setting = { prepared, rowMode, pageSize, limit }
    try {
      if (limit?.signal.aborted) throw limit.toError()
      yield* scope ? rowsOf<T>(scope.session, setting) : this.#streams.read<T>(setting)
    } finally {
      limit?.end()
    }
  }

  /** Runs `callback` as if no interaction were around it: its calls through the pool join none. */
  outside<T>(callback: () => T): T {
    return this.#interactions.outside(callback)
  }

  /** Opens the connections that the pool keeps at least. Optional: the first call does what it needs. */
  async start(): Promise<void> {
    if (this.#closing) throw new Failure(closedRecord).toError()
    this.#started = true
    await this.#lanes.openUpTo(this.#options.min)
  }

  /**
   * Refuses what waits and what comes, lets what runs end, closes all connections. Never rejects; asked again it gives
   * the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#lanes.close().then(() => {
      this.#closed = true
    })
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The pool at this moment. */
  stats(): PoolStats {
    const { name, min, max } = this.#options
    const { driver, plan } = this.#source
    const lanes = lanesStats(this.#lanes)
    const state = this.#state(lanes.lanes.length > 0)
    return Object.freeze({ name, driver: driver.name, database: plan.label, state, min, max, ...lanes })
  }

  /** What is seen of a pool when it is printed: its statistics, never its options. */
  [inspect.custom](): string {
    const { name, database, state, lanes, waiting } = this.stats()
    return `ConnectionPool ${name} (${database}) ${state}, ${lanes.length} connections, ${waiting} waiting`
  }

  toJSON(): PoolStats {
    return this.stats()
  }

  #state(hasLanes: boolean): PoolStats['state'] {
    if (this.#closed) return 'closed'
    if (this.#closing) return 'closing'
    return this.#started || hasLanes ? 'running' : 'idle'
  }

  // Inside an interaction a call that nobody awaits is awaited by the interaction, which fails with it.
  #tracked<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.#interactions.current
    return scope ? scope.session.track(work) : work()
  }

  async #run(
    sql: string,
    parameters: Parameters | undefined,
    options: QueryOptions,
    known: readonly string[],
    expect: Intent,
  ): Promise<Outcome> {
    const { statement, values } = this.#preparer.prepare(sql, parameters)
    const { signal, timeout, rowMode: asked } = ownOptions(options, known, 'the call')
    const rowMode = this.#preparer.rowMode(asked)
    const scope = this.#interactions.current
    const run = (limit: Limit | null) => {
      if (!scope) return this.#autocommit.run({ statement, values, rowMode, expect, limit })
      const runIn = (session: Session) => session.run({ statement, values }, rowMode)
      return limit ? this.#apart({ readOnly: false, rowMode, limit }, runIn) : joined(scope, runIn)
    }
    if (signal === undefined && timeout === undefined) return await run(null)
    return await this.#limited({ signal, timeout }, CALL, run)
  }

  async #many<T>(run: (session: Session) => Promise<T>, limit: Limit | null): Promise<T> {
    const setting = this.#setting(NO_OPTIONS, limit)
    if (this.#interactions.current) return await this.#apart(setting, run)
    // Not an interaction: what the source of the values does through the pool is none of this transaction's business.
    return await this.#interactions.transaction(setting, run)
  }

  /** Inside an interaction: runs what may have to be undone while the interaction goes on. */
  #apart<T>(setting: InteractionSetting, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#interactions.run(setting, () => work((this.#interactions.current as Scope).session))
  }

  /** Checks a call's options, works within their limit, and forgets the limit afterwards. */
  async #limited<O extends CallOptions, T>(
    options: O,
    known: readonly string[],
    work: (limit: Limit | null, own: O) => Promise<T>,
  ): Promise<T> {
    const own = ownOptions(options, known, 'the call')
    const limit = limitOf(own, this.#options.clock)
    try {
      if (limit?.signal.aborted) throw limit.toError()
      return await work(limit, own)
    } finally {
      limit?.end()
    }
  }

  #setting(options: InteractionOptions, limit: Limit | null): InteractionSetting {
    const { readOnly = false, rowMode } = options
    return { readOnly: checkBoolean('readOnly', readOnly), rowMode: this.#preparer.rowMode(rowMode), limit }
  }
}

async function joined<T>(scope: Scope, work: (session: Session) => Promise<T>): Promise<T> {
  await scope.begin()
  return await work(scope.session)
}
