import type { Description, Parameters } from './value.ts'

/**
 * DB-API 2.0's cursor, asynchronous: one statement and its result at a time. Calls made together run in the order in
 * which they were made. `R` is what a row is: an object by column name, or a tuple.
 */
export interface Cursor<R> extends AsyncIterable<R> {
  /** The columns of the last result, null when it had none or nothing ran yet. */
  readonly description: Description | null
  /** Rows changed by the last statement; -1 before one ran, for a query, and where the database does not tell. */
  readonly rowCount: number
  /** Row id of the last INSERT; null when the last statement was none or inserted nothing. */
  readonly lastRowId: number | bigint | null
  /** How many rows {@link fetchMany} gives when not told; 1 at first. */
  arraySize: number
  /** Runs one statement, dropping what an earlier one left to fetch. Gives the cursor itself, for chaining. */
  execute(sql: string, parameters?: Parameters): Promise<this>
  /** Runs one statement once per set of values; `rowCount` becomes the total. */
  executeMany(sql: string, sets: Iterable<Parameters> | AsyncIterable<Parameters>): Promise<this>
  /** The next row, or null at the end. */
  fetchOne(): Promise<R | null>
  /** The next `size` rows or fewer; none at the end. */
  fetchMany(size?: number): Promise<R[]>
  /** All rows that are left; none at the end. */
  fetchAll(): Promise<R[]>
  /** Ends the cursor's use. Every later call but another `close` is refused. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
