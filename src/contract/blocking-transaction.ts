import type { Description, Parameters, Row, RowMode } from './value.ts'

/**
 * A cursor whose calls block: one statement and its result at a time, for functions that run in a database thread. It
 * checks values and texts as the asynchronous one does and throws the same errors. Once its transaction has ended it
 * refuses everything.
 */
export interface InThreadCursor<R = Row> extends Iterable<R> {
  /** The columns of the last result, null when it had none or nothing ran yet. */
  readonly description: Description | null
  /** Rows changed by the last statement; -1 before one ran, for a query, and where the database does not tell. */
  readonly rowCount: number
  /** Row id of the last INSERT; null when the last statement was none or inserted nothing. */
  readonly lastRowId: number | bigint | null
  /** How many rows {@link fetchMany} gives when not told; 1 at first. */
  arraySize: number
  /** Runs one statement, dropping what an earlier one left to fetch. Gives the cursor itself, for chaining. */
  execute(sql: string, parameters?: Parameters): this
  /** Runs one statement once per set of values; `rowCount` becomes the total. */
  executeMany(sql: string, sets: Iterable<Parameters>): this
  /** The next row, or null at the end. */
  fetchOne(): R | null
  /** The next `size` rows or fewer; none at the end. */
  fetchMany(size?: number): R[]
  /** All rows that are left; none at the end. */
  fetchAll(): R[]
  /** Runs a statement and gives all its rows: `execute` and `fetchAll` in one. A statement without rows gives none. */
  query<T = R>(sql: string, parameters?: Parameters, options?: { readonly rowMode?: RowMode }): T[]
  /** Runs a statement and gives its rows one by one, holding none of them. */
  iterate<T = R>(sql: string, parameters?: Parameters): IterableIterator<T>
  /** Ends the cursor's use. Every later call but another `close` is refused. */
  close(): void
}

/**
 * The transaction that a function marked by {@link inThread} is given: a cursor on it. Returning commits, throwing rolls
 * back.
 */
export interface BlockingTransaction<R = Row> extends InThreadCursor<R> {
  /** How SQL is written for the database: `sqlite`, `postgres`, `mysql`; undefined where the driver does not tell. */
  readonly dialect?: string | undefined
  /** The most values one statement takes. */
  readonly maxParameters: number
  /** Another cursor on the same transaction; both see what either changed. */
  cursor<T = R>(options?: { readonly rowMode?: RowMode }): InThreadCursor<T>
  /** Runs `work` so that what it did is undone when it throws, and only that; gives what it gives. May be nested. */
  savepoint<T>(work: () => T): T
}
