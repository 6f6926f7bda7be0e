import type { TransactionMode } from './statement.ts'
import type { Description, Tuple, Value } from './value.ts'

/** Values of one execution as the driver gets them: checked, counted, in order, or by name if the statement names them. */
export type BoundValues = readonly Value[] | Readonly<Record<string, Value>>

/** What the caller of {@link BlockingCursor.execute} is about to do, so that the driver may choose the faster way. */
export interface ExecuteHint {
  /** The whole result will be fetched at once and is expected to be small. */
  readonly whole?: boolean
}

/**
 * A connection whose calls block until the database has answered: the DB-API 2.0 as a thread sees it. It is used by one
 * thread only. It starts in autocommit: a transaction is open only between {@link begin} and {@link commit} or
 * {@link rollback}.
 */
export interface BlockingConnection {
  /** True while a transaction is open, whoever opened it. */
  readonly inTransaction: boolean
  /**
   * True while some violations are found only at COMMIT (deferred foreign keys). Then writes do not share one, since the
   * next statement could mend what makes this one fail. Left out it means false.
   */
  readonly checksAtCommit?: boolean
  cursor(): BlockingCursor
  /** Begins a transaction, which is serializable: a connection that blocks has no weaker isolation level. */
  begin(mode: TransactionMode): void
  /** Commits; without a transaction it does nothing. */
  commit(): void
  /** Rolls back; without a transaction it does nothing. */
  rollback(): void
  savepoint(name: string): void
  releaseSavepoint(name: string): void
  rollbackToSavepoint(name: string): void
  /** Called before each batch of statements that was found waiting; the moment to look whether the schema changed. */
  beginBatch?(): void
  close(): void
}

/**
 * A cursor whose calls block. Rows are tuples; integers may come as bigint whatever their size, since whoever asked
 * narrows them. Errors are the driver's own; the driver's {@link BlockingDriver.failure} names them.
 */
export interface BlockingCursor {
  /** The columns of the last result, null when it had none. The same object again as long as the columns are the same. */
  readonly description: Description | null
  /** Rows changed, or -1 when unknown or not applicable. */
  readonly rowCount: number
  /** Row id of the last INSERT, null when the last statement was none or inserted nothing. */
  readonly lastRowId: number | bigint | null
  /** How many rows {@link fetchMany} gives when not told; 1 at first. */
  arraySize: number
  /** Runs one statement. Whatever an earlier one left to fetch is dropped. */
  execute(sql: string, values: BoundValues, hint?: ExecuteHint): void
  /**
   * Runs one statement once per set of values; `rowCount` is the total. Stops at the first set that fails. `sets` may be
   * a `ValueSets`, whose one array may then be used instead of the sets one by one.
   */
  executeMany(sql: string, sets: Iterable<BoundValues>): void
  fetchOne(): Tuple | null
  fetchMany(size?: number): Tuple[]
  fetchAll(): Tuple[]
  [Symbol.iterator](): Iterator<Tuple>
  close(): void
}
