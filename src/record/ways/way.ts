import type { Parameters, Value } from '../../contract/value.ts'
import type { InteractionOptions, ManyOptions, OperationResult } from '../../pool/calls.ts'
import type { ConnectionPool } from '../../pool/pool.ts'

/** Sets of values, one for each execution of a statement. */
export type Sets = Iterable<Parameters> | AsyncIterable<Parameters>

/** The transaction that the running code is in. */
export interface Around {
  /** The same object for all that is one transaction of the database. */
  readonly whole: object
  /**
   * Has `undo` called when it is rolled back: the first that is given for `of`, in reverse order. If that has been it is
   * called at once, and the answer is false.
   */
  undoBy(of: object, undo: () => void): boolean
  /** Does work that belongs to it: what nobody awaits is awaited before its end, and its failure is that of the whole. */
  track<T>(work: () => Promise<T>): Promise<T>
  /** Has `work` done when it is committed. */
  afterCommit(work: () => unknown): void
  /** Has `work` done when it was rolled back. */
  afterRollback(work: () => unknown): void
}

/** Where the statements of a database go. */
export interface Way {
  /** How SQL is written there, as its driver tells. */
  readonly dialect: string | undefined
  /** The most values one statement takes. */
  readonly maxParameters: number
  /** The pool that has the connections; null in a database thread. */
  readonly pool: ConnectionPool | null
  /** The transaction that the running code is in, or null. */
  readonly around: Around | null
  /** The rows of a statement, by position. */
  query(sql: string, values: Value[]): Promise<unknown[][]>
  /**
   * The rows of a statement, one after the other, fetched by pages; null where no other statement could run meanwhile.
   */
  stream(sql: string, values: Value[], pageSize: number): AsyncGenerator<unknown[], void> | null
  /** What a statement changed. */
  change(sql: string, values: Value[]): Promise<OperationResult>
  /** Runs a statement once per set of values, all or none. */
  many(sql: string, sets: Sets, options: ManyOptions): Promise<{ rowCount: number }>
  /** Runs `work` in a transaction, or in a part of the one that it would join. */
  transaction<T>(options: InteractionOptions, work: (txn: unknown) => T | Promise<T>): Promise<T>
}
