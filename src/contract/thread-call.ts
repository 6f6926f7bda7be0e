import type { Packed } from './crossing.ts'
import type { Failure } from './failure.ts'
import type { InThreadMark } from './in-thread.ts'
import type { TransactionMode } from './statement.ts'
import type { RowMode } from './value.ts'

/** A function that is to run whole where the connection's calls block. */
export interface ThreadCall extends InThreadMark {
  /** Its arguments; see {@link packArguments}. */
  readonly args: Packed
  /**
   * The transaction that it gets as its first argument, before the others: one that begins and ends with it, a savepoint
   * of that name in the one that is open, or none at all.
   */
  readonly transaction: TransactionMode | { readonly savepoint: string } | null
  readonly rowMode: RowMode
  /** Gives the call up. What was already decided by then stands; otherwise nothing of it is kept. */
  readonly signal?: AbortSignal | undefined
}

/** What became of a {@link ThreadCall}. */
export interface ThreadAnswer {
  /** What the function returned or threw (see {@link pack}), or the failure of everything around it. */
  readonly result: { readonly returned: Packed } | { readonly threw: Packed } | Failure
  /** Milliseconds that it took in the thread, its module loaded; null where that is not known. */
  readonly time: number | null
  /**
   * What became of the transaction that began with the call: it `ended` as the result says, is still `open` because it
   * could not be rolled back, or it is `unknown` because the connection was lost in its COMMIT.
   */
  readonly transaction: 'ended' | 'open' | 'unknown'
}
