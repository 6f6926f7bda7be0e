import type { ColumnBatch } from './columns.ts'
import type { Failure } from './failure.ts'
import type { Standing } from './standing.ts'
import type { IsolationLevel, Layout, TransactionMode } from './statement.ts'
import type { ThreadAnswer, ThreadCall } from './thread-call.ts'
import type { Description, ResultMode, Value } from './value.ts'

/** One statement with its values, checked and in order, ready for a driver. */
export interface Query {
  readonly sql: string
  readonly values: readonly Value[]
  /** Names of the values, when the statement names its placeholders. */
  readonly names: readonly string[] | null
  readonly rowMode: ResultMode
  /** The statement belongs to an open transaction and must not run without one. */
  readonly inTransaction: boolean
  /** Stops the statement. What was already decided by then stands. */
  readonly signal?: AbortSignal | undefined
  /**
   * The most rows that the result may have. With more the statement fails with {@link tooLargeRecord} as soon as that is
   * known, and leaves no trace. No limit where it is left out; what is fetched page by page has none.
   */
  readonly maxRows?: number | undefined
  /** Whoever asks wants to know what the event loop spent on it: {@link Outcome.loopTime}. */
  readonly measured?: boolean
}

/** What one statement gave. */
export interface Outcome {
  /** The rows; none when columns were asked for. */
  readonly rows: unknown[]
  /** The columns, when the query asked for `'columns'`; {@link batchOf} makes them of tuples. */
  readonly columns?: ColumnBatch
  readonly description: Description | null
  readonly rowCount: number
  readonly lastRowId: number | bigint | null
  /** Milliseconds the statement took, as measured next to it. Those of a COMMIT that others may share are not counted. */
  readonly databaseTime: number
  /** Milliseconds of the event loop for it, of a query that was to be measured; left out where nobody can tell. */
  readonly loopTime?: number
}

/** The first page of a result that is fetched page by page. */
export interface Page extends Outcome {
  /** More rows wait behind this page. */
  readonly more: boolean
}

/**
 * An asynchronous connection. Calls run in the order in which they were made. The calls that run statements never
 * reject because of the database: they resolve to a {@link Failure}, which becomes an error in the frame of whoever
 * asked, so that the error's stack names the caller at no cost.
 */
export interface Connection {
  /** What the opened database allows, which may be less than the driver planned. */
  readonly layout: Layout
  /** Runs one statement to its end. */
  query(query: Query): Promise<Outcome | Failure>
  /** Runs one statement once per set of values, in one trip; `rowCount` is the total. */
  queryMany(query: Omit<Query, 'values' | 'rowMode'>, sets: Iterable<readonly Value[]>): Promise<Outcome | Failure>
  /** Opens a paged result and gives its first page of about `size` rows. */
  open(query: Query, size: number): Promise<OpenResult | Failure>
  /** Begins a transaction, at this isolation level or a stronger one; unless told, at the one that the database prefers. */
  begin(mode: TransactionMode, level?: IsolationLevel | undefined): Promise<Failure | null>
  /** Commits. Without a transaction it is a failure of the kind `rolledBack`: what was to be committed is gone. */
  commit(): Promise<Failure | null>
  rollback(): Promise<Failure | null>
  savepoint(name: string): Promise<Failure | null>
  releaseSavepoint(name: string): Promise<Failure | null>
  rollbackToSavepoint(name: string): Promise<Failure | null>
  /**
   * Gives up all calls that were not answered, since one of them has no end. Each settles at once, with the failure that
   * its fate calls for; so does every call that is made before the connection has caught up. Resolves when it has: it is as
   * after a rollback then, and goes on; with a failure when it cannot. Absent where calls cannot be given up together.
   */
  giveUp?(failureOf: (fate: Fate) => Failure): Promise<Failure | null>
  /**
   * Stops the call that was made first of those that were not answered, and no other. The call settles with this failure
   * once the database has stopped it; or, where that came too late, with its answer. Resolves when it has settled; with a
   * failure when the database could not be told. Absent where one call cannot be stopped alone.
   */
  interrupt?(failure: Failure): Promise<Failure | null>
  /**
   * Undoes what whoever had the connection may have left in its session for the next one to find: settings, locks, temporary
   * tables. Costs nothing where nothing that ran can have left any. With `setsUp` of the context the first time keeps
   * what is there. A failure when it cannot be undone: the connection then closes itself. Absent where a session keeps
   * nothing, or nobody can tell.
   */
  reset?(): Promise<Failure | null>
  /** Calls that were made and not yet answered, and those that were: how one sees that a connection stands still. */
  readonly progress?: Progress
  /**
   * Runs a function of the user's where calls block; never rejects. A connection without a thread behind it leaves it out.
   */
  runInThread?(call: ThreadCall): Promise<ThreadAnswer>
  /**
   * Closes the connection after what was asked before. Never rejects; asked twice it gives the same promise. With a failure
   * when closing went wrong: the connection is gone all the same.
   */
  close(): Promise<Failure | null>
  /**
   * Ends the connection at once, whatever runs on it; absent where nothing can (a thread in the middle of a statement).
   * What was not committed is undone, calls that were not answered are lost, and {@link closed} settles with a failure.
   * True when it was this call that ended it; false when it had ended, or was being ended, already.
   */
  kill?(): boolean
  /**
   * Asks the server what it is among those that hold the same database. Absent where there is no more than one, or the
   * driver cannot ask.
   */
  standing?(): Promise<Standing | Failure>
  /** Settles when the connection is gone, with the reason when nobody asked for it. */
  readonly closed: Promise<Failure | null>
}

/**
 * What becomes of a call that is given up before it was answered: nothing of it is done or will be (`unstarted`, or
 * `undone` where it was running), or nobody can say, since it may yet be done to its end (`unknown`).
 */
export type Fate = 'unstarted' | 'undone' | 'unknown'

/** How far a connection is with its calls. */
export interface Progress {
  readonly pending: number
  readonly answered: number
}

/** A result that is fetched page by page. */
export interface OpenResult {
  readonly first: Page
  /** The next page of about `size` rows; `more` false means it was the last. */
  next(size: number): Promise<Page | Failure>
  /** Drops what is left. Needless after the last page. */
  close(): Promise<Failure | null>
}
