import { NO_OPTIONS } from '../contract/checks.ts'
import type { Parameters, Value } from '../contract/value.ts'
import type { InteractionOptions, ManyOptions, OperationResult } from '../pool/calls.ts'
import type { ConnectionPool } from '../pool/pool.ts'
import type { Transaction } from '../pool/transaction.ts'
import { type AnyKysely, type Dialect, isDialect, writerFor } from '../sql/index.ts'
import { type CheckedConnectOptions, checkConnectOptions } from './connect-options.ts'
import { modelError } from './errors.ts'
import { logged } from './log.ts'
import { runWith } from './running-database.ts'
import { type Language, type Shape, type Statement, Statements, type Write } from './statement.ts'
import { type Messages, setMessages } from './validation/messages.ts'
import type { Around, Sets, Way } from './ways/way.ts'

/** Work that is done in a transaction. */
export type TransactionWork<T> = (txn: Transaction) => T | Promise<T>

// Texts depend on the dialect alone: all databases that speak it share them.
const statements = new Map<Dialect, Statements>()

/** A database as records see it: what `connect` gives. */
export class Database {
  readonly dialect: Dialect
  /** Writes SQL. */
  readonly writer: AnyKysely
  readonly options: CheckedConnectOptions
  readonly #way: Way
  readonly #statements: Statements

  /** Use `connect`. */
  constructor(way: Way, options: CheckedConnectOptions = checkConnectOptions(NO_OPTIONS)) {
    this.#way = way
    this.options = options
    this.dialect = dialectOf(way)
    this.writer = writerFor(this.dialect)
    this.#statements = statementsOf(this)
  }

  /** The pool that has the connections. Throws in a database thread, which has one connection and no pool. */
  get pool(): ConnectionPool {
    if (this.#way.pool) return this.#way.pool
    throw modelError(
      'NO_DATABASE',
      'there is no pool in a database thread: what is done there is done in its transaction',
    )
  }

  /** The transaction that the running code is in, or null. */
  get around(): Around | null {
    return this.#way.around
  }

  /** The most values one statement takes. */
  get maxParameters(): number {
    return this.#way.maxParameters
  }

  /** The statement of this shape. */
  statement(shape: Shape, write: Write): Statement {
    return this.#statements.of(shape, write)
  }

  /** The rows of a statement, by position. Joins the transaction that the running code is in. */
  query({ sql, bind }: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    const bound = bind(values) as Value[]
    const run = () => this.#way.query(sql, bound)
    if (!this.options.log) return run()
    return logged(this.options, { sql, values: bound }, run, ({ length }) => ({ rows: length }))
  }

  /**
   * The rows of a statement, one after the other, fetched by pages; null where no other statement could run meanwhile.
   * Joins the transaction that the running code is in.
   */
  stream({ sql, bind }: Statement, values: readonly unknown[], size: number): AsyncGenerator<unknown[], void> | null {
    return this.#way.stream(sql, bind(values) as Value[], size)
  }

  /** What a statement changed. Joins the transaction that the running code is in. */
  change({ sql, bind }: Statement, values: readonly unknown[]): Promise<OperationResult> {
    const bound = bind(values) as Value[]
    const run = () => this.#way.change(sql, bound)
    if (!this.options.log) return run()
    return logged(this.options, { sql, values: bound }, run, ({ rowCount }) => ({ rowCount }))
  }

  /** Runs a statement once per set of values, all or none. The values stand in the order of their places. */
  many(statement: Statement, sets: Sets, options: ManyOptions): Promise<{ rowCount: number }> {
    const { sql } = statement
    const run = () => this.#way.many(sql, statement.isPlain ? sets : boundSets(statement, sets), options)
    if (!this.options.log) return run()
    return logged(this.options, { sql }, run, ({ rowCount }) => ({ rowCount }))
  }

  /**
   * Runs `work` in a transaction, as `pool.runInteraction` does: models inside join it by themselves, one inside another
   * is a savepoint, and the very error that `work` throws comes out after the rollback.
   *
   * @example
   * await database.transaction(async () => {
   *   await from.update({ cents: from.cents - 500 })
   *   await to.update({ cents: to.cents + 500 })
   * })
   */
  transaction<T>(work: TransactionWork<T>): Promise<T>
  transaction<T>(options: InteractionOptions, work: TransactionWork<T>): Promise<T>
  transaction<T>(first: InteractionOptions | TransactionWork<T>, second?: TransactionWork<T>): Promise<T> {
    const [options, work] = typeof first === 'function' ? [NO_OPTIONS, first] : [first, second]
    return this.#way.transaction(options, work as (txn: unknown) => T | Promise<T>)
  }

  /**
   * Runs `work` in which models that were never connected use this database: for programs that have one for each tenant,
   * chosen anew with each request. It is known to what `work` calls, and to nobody else.
   */
  run<T>(work: () => T): T {
    return runWith(this, work)
  }

  /** Texts of one's own for what is wrong with the records of its models; a class's own go before them. */
  setMessages(messages: Messages): this {
    setMessages(this, messages)
    return this
  }

  /** The same database with its statements going another way. */
  by(way: Way): Database {
    return new Database(way, this.options)
  }
}

function dialectOf({ dialect }: Way): Dialect {
  if (isDialect(dialect)) return dialect
  const message = `the driver must say how SQL is written for it: sqlite, postgres or mysql, not ${dialect}`
  throw modelError('NO_DATABASE', message)
}

function statementsOf({ dialect, writer }: Language): Statements {
  const known = statements.get(dialect) ?? new Statements({ dialect, writer })
  statements.set(dialect, known)
  return known
}

function boundSets({ bind }: Statement, sets: Sets): Sets {
  const bound = (set: Parameters) => bind(set as Value[]) as Value[]
  return Symbol.asyncIterator in sets ? boundLater(sets, bound) : boundNow(sets, bound)
}

function* boundNow(sets: Iterable<Parameters>, bound: (set: Parameters) => Value[]): Generator<Value[]> {
  for (const set of sets) yield bound(set)
}

async function* boundLater(sets: AsyncIterable<Parameters>, bound: (set: Parameters) => Value[]) {
  for await (const set of sets) yield bound(set)
}
