import type { ResultMode, RowMode } from '../contract/value.ts'
import type { MaxRowsOption } from './max-rows.ts'

export { checkBoolean, checkRowMode, describe, invalidOption, NO_OPTIONS, ownOptions } from '../contract/checks.ts'

/** Limits of one call. */
export interface CallOptions {
  /** Gives the call up when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Gives the call up after so many milliseconds, waiting for a connection included. */
  readonly timeout?: number | undefined
}

/** Options of a call that hands over rows, in whatever portions. */
export interface RowOptions extends CallOptions {
  readonly rowMode?: RowMode | undefined
}

/** Options of a call that hands over all rows of a result. */
export interface QueryOptions extends RowOptions, MaxRowsOption {}

/** Options that ask for a result by columns instead of rows; see {@link ColumnBatch}. */
export type ByColumns<O> = Omit<O, 'rowMode'> & { readonly rowMode: 'columns' }

/** The same options, with any way to ask for the result. */
export type AnyMode<O> = Omit<O, 'rowMode'> & { readonly rowMode?: ResultMode | undefined }

/** The options of a call that hands over tuples, for callers that make many: these need not be read each time. */
export const TUPLES: QueryOptions = Object.freeze({ rowMode: 'array' })
