import type { ColumnBatch } from '../contract/columns.ts'
import type { Driver } from '../contract/driver.ts'
import { Failure } from '../contract/failure.ts'
import type { Parameters, Row } from '../contract/value.ts'
import { Autocommit } from './autocommit.ts'
import { runJob, runMany } from './bulk.ts'
import {
  type AnyQueryOptions,
  type AnyStreamOptions,
  type Callback,
  type ColumnOptions,
  type ColumnStreamOptions,
  callOf,
  type InsertOptions,
  type InteractionOptions,
  type ManyOptions,
  type OperationResult,
  type StreamOptions,
} from './calls.ts'
import { type CloseOptions, Closing, closeTimeoutOf } from './closing.ts'
import { type InsertRows, insertRows } from './insert.ts'
import { type InteractionSetting, Interactions } from './interactions.ts'
import { closedRecord, Lanes } from './lanes.ts'
import { type Limit, within } from './limit.ts'
import { opener } from './opener.ts'
import { type CallOptions, checkBoolean, NO_OPTIONS, ownOptions, type QueryOptions } from './options.ts'
import { type CheckedPoolOptions, checkPoolOptions, type PoolOptions } from './pool-options.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { Preparer } from './preparer.ts'
import { resultOf } from './result.ts'
import type { Session } from './session.ts'
import { type SingleKind, Singles } from './singles.ts'
import { poolArguments, type Source } from './source.ts'
import { lanesStats, type PoolStats } from './stats.ts'
import { Streams } from './stream.ts'
import type { Transaction } from './transaction.ts'

// The same symbol as inspect.custom of node:util, whose import would load what nobody here needs.
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

const CALL = ['signal', 'timeout'] as const
const QUERY = [...CALL, 'rowMode'] as const
const INTERACTION = [...QUERY, 'readOnly'] as const
const MANY = [...CALL, 'onProgress'] as const
const INSERT = [...MANY, 'columns'] as const

const ROWS: SingleKind<unknown> = { known: QUERY, expect: 'read', give: resultOf }
const CHANGES: SingleKind<OperationResult> = {
  known: CALL,
  expect: 'write',
  give: ({ rowCount, lastRowId }) => ({ rowCount, lastRowId }),
}

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
  readonly #singles: Singles
  readonly #streams: Streams
  #started = false
  #closing: Closing | null = null
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
      clock: this.#options.clock,
      deadlines: this.#options.deadlines,
      connect: opener(this.#source, this.#preparer, this.#options),
    })
    this.#autocommit = new Autocommit(this.#lanes)
    this.#interactions = new Interactions(this.#lanes, this.#autocommit, this.#preparer)
    this.#singles = new Singles(this.#interactions, this.#autocommit, this.#preparer, this.#options.clock)
    this.#streams = new Streams(this.#lanes, this.#autocommit, this.#preparer)
  }

  /**
   * Runs one statement and gives its rows, none for a statement that gives none; or, with `rowMode: 'columns'`, its
   * columns as typed arrays.
   *
   * @throws {SqlError} what the database said, with the caller's stack
   */
  runQuery<T = Row>(sql: string, parameters?: Parameters, options?: QueryOptions): Promise<T[]>
  runQuery<T = Row>(sql: string, parameters: Parameters | undefined, options: ColumnOptions): Promise<ColumnBatch<T>>
  runQuery(sql: string, parameters?: Parameters, options: AnyQueryOptions = NO_OPTIONS): Promise<unknown> {
    return this.#singles.run(ROWS, sql, parameters, options)
  }

  /** Runs one statement and tells what it changed; rows that it gives are dropped. */
  runOperation(sql: string, parameters?: Parameters, options: CallOptions = NO_OPTIONS): Promise<OperationResult> {
    return this.#singles.run(CHANGES, sql, parameters, options)
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
      return await this.#limited(options, MANY, (limit, own) => this.#many(limit, (on) => runMany(on, sql, sets, own)))
    })
  }

  /**
   * Inserts rows, given as objects by column name or as tuples, all of them or none. Rows are taken as fast as the
   * database takes them.
   */
  insertMany(table: string, rows: InsertRows, options: InsertOptions = NO_OPTIONS): Promise<{ rowCount: number }> {
    return this.#tracked(() =>
      this.#limited(options, INSERT, async (limit, own) => {
        const target = { table, columns: own.columns, quote: this.#preparer.quoteIdentifier }
        return await insertRows(target, rows, (insert) => this.#many(limit, (on) => runJob(on, insert, own)))
      }),
    )
  }

  /**
   * Reads a result row by row, page by page, without ever holding all of it. Nothing is read before the iteration
   * starts; leaving it early frees the connection. With `rowMode: 'columns'` it gives one batch of columns per page.
   */
  stream<T = Row>(sql: string, parameters?: Parameters, options?: StreamOptions): AsyncGenerator<T, void, undefined>
  stream<T = Row>(
    sql: string,
    parameters: Parameters | undefined,
    options: ColumnStreamOptions,
  ): AsyncGenerator<ColumnBatch<T>>
  stream(sql: string, parameters?: Parameters, options: AnyStreamOptions = NO_OPTIONS): AsyncGenerator<unknown, void> {
    const session = () => this.#interactions.current?.session ?? null
    return this.#streams.run({ sql, parameters, options }, session, this.#options.clock)
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
   * Refuses what waits and what comes, lets what runs end, closes all connections. What is not done after `timeout`
   * milliseconds, or else the pool's `closeTimeout`, is given up: interactions are rolled back, and all that runs is rejected.
   * Never rejects; asked again it gives the same promise, and a shorter `timeout` then shortens the wait.
   */
  close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    const { clock, deadlines } = this.#options
    let timeout: number
    try {
      timeout = closeTimeoutOf(options, this.#closing ? Number.POSITIVE_INFINITY : deadlines.closeTimeout)
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#closing) this.#closing.within(timeout)
    else {
      this.#closing = new Closing(this.#lanes, clock, timeout)
      void this.#closing.closed.then(() => {
        this.#closed = true
      })
    }
    return this.#closing.closed
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
  [INSPECT](): string {
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

  async #many<T>(limit: Limit | null, run: (session: Session) => Promise<T>): Promise<T> {
    const setting = { ...this.#setting(NO_OPTIONS, limit), byProgress: true }
    if (this.#interactions.current) return await this.#interactions.apart(setting, run)
    // Not an interaction: what the source of the values does through the pool is none of this transaction's business.
    return await this.#interactions.transaction(setting, run)
  }

  /** Checks a call's options and works within their limit. */
  async #limited<O extends CallOptions, T>(
    options: O,
    known: readonly string[],
    work: (limit: Limit | null, own: O) => Promise<T>,
  ): Promise<T> {
    const own = ownOptions(options, known, 'the call')
    return await within(own, this.#options.clock, (limit) => work(limit, own))
  }

  #setting(options: InteractionOptions, limit: Limit | null): InteractionSetting {
    const { readOnly = false, rowMode } = options
    return { readOnly: checkBoolean('readOnly', readOnly), rowMode: this.#preparer.rowMode(rowMode), limit }
  }
}
