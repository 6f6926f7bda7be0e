import { AsyncLocalStorage } from 'node:async_hooks'
import { InterfaceError } from '../contract/errors.ts'
import type { BulkOptions } from './bulk.ts'
import type { IsolationLevelOption } from './isolation-level.ts'
import {
  type AnyMode,
  type ByColumns,
  type CallOptions,
  describe,
  NO_OPTIONS,
  type QueryOptions,
  type RowOptions,
} from './options.ts'
import type { RetryOption } from './retry.ts'

/** Options of a lent connection. */
export interface LendOptions extends RowOptions, IsolationLevelOption {
  /**
   * The transaction only reads: one snapshot, and no wait for a writer. What writes is refused. An interaction inside
   * another has the snapshot and the rights of that.
   */
  readonly readOnly?: boolean
}

/** Options of a connection that is lent in DB-API 2.0 manner. */
export interface ConnectionOptions extends LendOptions {
  /** Each statement is a transaction of its own, until autocommit is switched off. False unless told. */
  readonly autocommit?: boolean
}

/** Options of an interaction. */
export interface InteractionOptions extends LendOptions, RetryOption {}

/** Options of a stream. */
export interface StreamOptions extends RowOptions {
  /** How many rows cross at a time; 1000 unless told. */
  readonly pageSize?: number
}

/** Options of a query that hands over columns instead of rows. */
export type ColumnOptions = ByColumns<QueryOptions>

/** Options of a stream that hands over a batch of columns per page instead of rows. */
export type ColumnStreamOptions = ByColumns<StreamOptions>

export type AnyQueryOptions = AnyMode<QueryOptions>
export type AnyStreamOptions = AnyMode<StreamOptions>

/** Options of a bulk operation. */
export interface ManyOptions extends CallOptions, BulkOptions {}

/** Options of {@link ConnectionPool.insertMany}. */
export interface InsertOptions extends ManyOptions {
  /** The columns to fill. Unless told, those that the first row names. */
  readonly columns?: readonly string[]
}

/** The same options, so that a callback among them is called as its caller would call it, whoever does it when. */
export function asOfCaller<O extends BulkOptions>(options: O): O {
  const { onProgress } = options
  return typeof onProgress === 'function' ? { ...options, onProgress: AsyncLocalStorage.bind(onProgress) } : options
}

/** What a statement changed. */
export interface OperationResult {
  /** Rows changed; -1 where the statement changes none by its nature. */
  readonly rowCount: number
  /** Row id of the INSERT; null when it was none or inserted nothing. */
  readonly lastRowId: number | bigint | null
}

/** A callback that is given a handle, and the arguments that the call was given. */
export type Callback<H, A extends unknown[], T> = (handle: H, ...args: A) => T | Promise<T>

/** A call that runs a callback, its arguments sorted. */
export interface CallbackCall<H> {
  readonly options: InteractionOptions
  readonly callback: Callback<H, unknown[], unknown>
  readonly args: unknown[]
}

/** Sorts `(callback, ...args)` and `(options, callback, ...args)`. */
export function callOf<H>(first: unknown, rest: unknown[]): CallbackCall<H> {
  const withOptions = typeof first !== 'function'
  const [callback, ...args] = withOptions ? rest : [first, ...rest]
  if (typeof callback !== 'function') {
    throw new InterfaceError(`an interaction needs a callback, not ${describe(callback)}`, {
      code: 'NO_CALLBACK',
      kind: 'usage',
    })
  }
  const options = withOptions ? (first as InteractionOptions) : NO_OPTIONS
  return { options, callback: callback as Callback<H, unknown[], unknown>, args }
}
