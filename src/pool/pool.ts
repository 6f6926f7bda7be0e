import type { ColumnBatch } from '../contract/columns.ts'
import type { Outcome } from '../contract/connection.ts'
import type { Driver } from '../contract/driver.ts'
import type { InThread } from '../contract/in-thread.ts'
import type { Parameters, Row } from '../contract/value.ts'
import { AMBIENT, type Ambient } from './ambient.ts'
import type {
  AnyQueryOptions,
  AnyStreamOptions,
  Callback,
  ColumnOptions,
  ColumnStreamOptions,
  ConnectionOptions,
  InsertOptions,
  InteractionOptions,
  ManyOptions,
  OperationResult,
  StreamOptions,
} from './calls.ts'
import type { CloseOptions } from './closing.ts'
import type { PoolEmitter } from './events.ts'
import type { ThreadInteraction } from './in-thread.ts'
import type { InsertRows } from './insert.ts'
import type { Lease } from './lease.ts'
import { refuseClones } from './no-clone.ts'
import { type CallOptions, NO_OPTIONS, type QueryOptions } from './options.ts'
import { type Parts, partsOf } from './parts.ts'
import type { PoolOptions } from './pool-options.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { resultOf } from './result.ts'
import type { SingleKind } from './singles.ts'
import { hostsStats, lanesStats, type PoolStats } from './stats.ts'
import type { Transaction } from './transaction.ts'

// The same symbol as inspect.custom of node:util, whose import would load what nobody here needs.
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

const CALL = ['signal', 'timeout'] as const

const ROWS: SingleKind<unknown> = { known: [...CALL, 'rowMode', 'maxRows'], expect: 'read', give: resultOf }
const ALL: SingleKind<Outcome> = { known: CALL, expect: 'read', give: (outcome) => outcome }
const CHANGES: SingleKind<OperationResult> = {
  known: CALL,
  expect: 'write',
  give: ({ rowCount, lastRowId }) => ({ rowCount, lastRowId }),
}

/** A pool, whatever its callbacks are given. */
export type AnyPool = ConnectionPool<unknown, unknown>

/** Under which a pool has a method that gives all that a statement gave: for what is built on top of pools. */
export const OUTCOME: unique symbol = Symbol('outcome')

/**
 * Connections to one database, used by as many callers as there are, without blocking the event loop. Connections are
 * opened on first use; a pool that nobody uses does not keep the process alive.
 *
 * @example
 * await using pool = new ConnectionPool('sqlite:app.db')
 * const [user] = await pool.runQuery<{ age: number }>('SELECT age FROM users WHERE name = ?', ['joe'])
 */
export class ConnectionPool<Txn = Transaction, Conn = PooledConnection> implements AsyncDisposable {
  readonly #parts: Parts

  /** A pool by database URL, such as `sqlite:app.db`. */
  constructor(url: string, options?: PoolOptions<Txn, Conn>)
  /** A pool by driver: its name, the name of a module that exports one, or the driver itself; with its own options. */
  constructor(driver: string | Driver, connect: object, options?: PoolOptions<Txn, Conn>)
  constructor(given: string | Driver, second?: object, third?: PoolOptions<Txn, Conn>) {
    this.#parts = partsOf(given, second, third)
    this.#parts.ambient.pool = this
    refuseClones(this)
  }

  get [AMBIENT](): Ambient {
    return this.#parts.ambient
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
    return this.#parts.singles.run(ROWS, sql, parameters, options)
  }

  /** Runs one statement and tells what it changed; rows that it gives are dropped. */
  runOperation(sql: string, parameters?: Parameters, options: CallOptions = NO_OPTIONS): Promise<OperationResult> {
    return this.#parts.singles.run(CHANGES, sql, parameters, options)
  }

  [OUTCOME](sql: string, parameters: Parameters, options: CallOptions = NO_OPTIONS): Promise<Outcome> {
    return this.#parts.singles.run(ALL, sql, parameters, options)
  }

  /**
   * Runs a callback in a transaction: committed when it returns, rolled back when it throws. Gives what the callback
   * gives, after COMMIT; throws the very error that it threw, after ROLLBACK. Calls through the pool inside join the
   * transaction, and an interaction inside is a savepoint of it.
   *
   * A function that {@link inThread} marked runs whole in the database thread, in one trip: as one transaction, or as a
   * savepoint of the one around it.
   */
  runInteraction<T, A extends unknown[]>(callback: Callback<Txn, A, T>, ...args: A): Promise<T>
  runInteraction<T, A extends unknown[]>(
    options: InteractionOptions,
    callback: Callback<Txn, A, T>,
    ...args: A
  ): Promise<T>
  runInteraction<T, A extends unknown[]>(fn: ThreadInteraction<A, T>, ...args: A): Promise<Awaited<T>>
  runInteraction<T, A extends unknown[]>(
    options: InteractionOptions,
    fn: ThreadInteraction<A, T>,
    ...args: A
  ): Promise<Awaited<T>>
  runInteraction(first: unknown, ...rest: unknown[]): Promise<unknown> {
    return this.#parts.longCalls.interaction(first, rest)
  }

  /**
   * Runs a function that {@link inThread} marked and that takes no transaction in a database thread: work that would keep
   * the loop from turning. It takes one reader for as long as it lasts; inside an interaction, that one's connection.
   */
  runInThread<T, A extends unknown[]>(fn: InThread<A, T>, ...args: A): Promise<Awaited<T>>
  runInThread<T, A extends unknown[]>(options: CallOptions, fn: InThread<A, T>, ...args: A): Promise<Awaited<T>>
  runInThread(first: unknown, ...rest: unknown[]): Promise<unknown> {
    return this.#parts.longCalls.inThread(first, rest)
  }

  /**
   * Lends a connection in DB-API 2.0 manner to a callback. What is uncommitted when it returns is committed, or rolled
   * back if it throws.
   */
  runWithConnection<T, A extends unknown[]>(callback: Callback<Conn, A, T>, ...args: A): Promise<T>
  runWithConnection<T, A extends unknown[]>(
    options: ConnectionOptions,
    callback: Callback<Conn, A, T>,
    ...args: A
  ): Promise<T>
  runWithConnection(first: unknown, ...rest: unknown[]): Promise<unknown> {
    return this.#parts.longCalls.connection(first, rest)
  }

  /**
   * Lends a connection until it is given back with `release()` or at the end of an `await using`. What was not committed
   * then is rolled back. `signal` and `timeout` limit the waiting for it.
   */
  acquire(options: ConnectionOptions = NO_OPTIONS): Promise<Lease> {
    return this.#parts.longCalls.acquire(options)
  }

  /** Runs a statement once per set of values, all of them or none. Values are taken as fast as the database takes them. */
  executeMany(
    sql: string,
    sets: Iterable<Parameters> | AsyncIterable<Parameters>,
    options: ManyOptions = NO_OPTIONS,
  ): Promise<{ rowCount: number }> {
    return this.#parts.longCalls.executeMany(sql, sets, options)
  }

  /**
   * Inserts rows, given as objects by column name or as tuples, all of them or none. Rows are taken as fast as the
   * database takes them.
   */
  insertMany(table: string, rows: InsertRows, options: InsertOptions = NO_OPTIONS): Promise<{ rowCount: number }> {
    return this.#parts.longCalls.insertMany(table, rows, options)
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
    const { ambient, streams, options: own } = this.#parts
    return streams.run({ sql, parameters, options }, ambient, own.clock)
  }

  /**
   * Runs `callback` as if no interaction were around it: its calls through the pool join none. One that would have to
   * wait for the very connection that the code around it holds is refused (`WAITS_FOR_ITSELF`), awaited or not.
   */
  outside<T>(callback: () => T): T {
    return this.#parts.ambient.outside(callback)
  }

  /**
   * Opens the connections that the pool keeps at least. Optional: the first call does what it needs. After `close()` it
   * opens fresh ones, and the pool can be used again.
   */
  start(): Promise<void> {
    return this.#parts.life.start()
  }

  /**
   * Refuses what waits and what comes, lets what runs end, closes all connections. What is not done after `timeout`
   * milliseconds, or else the pool's `closeTimeout`, is given up: interactions are rolled back, and all that runs is
   * rejected. Asked again it gives the same promise, and a shorter `timeout` then shortens the wait. It rejects only, and
   * then closes nothing, where it would wait for its own caller: inside an interaction, a lent connection, a bulk or
   * `onOpen`; or for a wrong option.
   */
  close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    return this.#parts.life.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What becomes of the pool's connections, to be listened to. */
  get events(): PoolEmitter {
    return this.#parts.telling.events
  }

  /** How SQL is written for the database: `sqlite`, `postgres`, `mysql`; undefined where the driver does not tell. */
  get dialect(): string | undefined {
    return this.#parts.source.driver.traits.dialect
  }

  /** The most values one statement takes. */
  get maxParameters(): number {
    return this.#parts.source.driver.traits.maxParameters
  }

  /** The pool at this moment. */
  stats(): PoolStats {
    const { options, source, life } = this.#parts
    const { name, min, max, clock } = options
    const { driver, plan } = source
    const { lanes: writing, spread, hosts: several } = this.#parts
    const now = clock.now()
    const lanes = lanesStats(spread ? [writing, spread.lanes] : [writing], now)
    const hosts = several && hostsStats(several.news, now)
    const { state } = life
    const walSize = this.#parts.wal.size
    return Object.freeze({ name, driver: driver.name, database: plan.label, state, min, max, walSize, hosts, ...lanes })
  }

  /** What is seen of a pool when it is printed: its statistics, never its options. */
  [INSPECT](): string {
    const { name, database, state, lanes, waiting } = this.stats()
    return `ConnectionPool ${name} (${database}) ${state}, ${lanes.length} connections, ${waiting} waiting`
  }

  toJSON(): PoolStats {
    return this.stats()
  }
}
