import type { BlockingConnection } from './blocking.ts'
import type { Connection } from './connection.ts'
import type { ErrorRecord } from './failure.ts'
import type { IsolationLevel, Layout, Role, StatementShape } from './statement.ts'
import type { Tuning } from './tuning.ts'

/** PEP 249's placeholder styles. */
export type ParamStyle = 'qmark' | 'numeric' | 'named' | 'format' | 'pyformat'

/** What sets one database apart from another, as data. */
export interface Traits {
  /** How SQL is written for it: `sqlite`, `postgres` or `mysql`. Without it there are no records. */
  readonly dialect?: string
  /** The most values one statement takes. */
  readonly maxParameters: number
  /** Infinity can be stored. */
  readonly infinity: boolean
  /** Text may hold the character U+0000. */
  readonly nulInText: boolean
  /** The lowest and highest integer. */
  readonly integerRange: readonly [bigint, bigint]
  /** The isolation level of transactions for which none was asked; `serializable` unless told. */
  readonly isolationLevel?: IsolationLevel
  /** A harmless statement that shows whether a connection lives; `SELECT 1` unless told. */
  readonly goodSql?: string
}

/** How a driver will connect: checked options, and what they mean for a pool. */
export interface ConnectPlan<Options = unknown> {
  /** The options, complete and checked. They reach a thread by structured clone. */
  readonly options: Options
  readonly layout: Layout
  /** Nothing may be written: every connection is a reader. */
  readonly readOnly: boolean
  /**
   * Given where a reader may be opened before any writer: on a database that is not ready for it, that fails or gives
   * another layout than this one. A pool that had only readers opens one connection with these options after them, a
   * writer that clears away what they left behind and makes nothing. Without it a writer is opened first.
   */
  readonly afterReaders?: Options
  /** Names the database in errors and statistics; holds no secret. */
  readonly label: string
  /**
   * The servers that hold the database, by name and without secrets, where there are several. The pool says which one a
   * connection is to lead to ({@link ConnectContext.host}), and asks each what it is (`Connection.standing`).
   */
  readonly hosts?: readonly string[]
  /** The database lives as long as its one connection, which is therefore never closed for being idle or old. */
  readonly transient?: boolean
  /**
   * Tells which database it is that a connection would be opened to now, such as a file's number: null when there is
   * none, undefined when that cannot be told. It must not open anything. Asked every few seconds while the pool is in
   * use; once it changes, calls are refused.
   */
  identity?(): Promise<string | null | undefined>
  /**
   * Tells how many bytes the database's write-ahead log takes now; null when that cannot be told. It must not open
   * anything. Asked every few seconds while the pool is in use.
   */
  walSize?(): Promise<number | null>
  /** Milliseconds for which opening may have to wait for others, beside the pool's `connectTimeout`. */
  readonly lockWait?: number
}

/**
 * Where a connection whose calls block lives: in a `thread` of this process, or in a `process` of its own, which can be
 * killed whatever it does and takes nobody with it when it crashes.
 */
export type Isolation = 'thread' | 'process'

/** What a driver is told of the connection it opens, beside its own options. */
export interface ConnectContext {
  readonly role: Role
  /** Names the connection in thread names, errors and statistics. */
  readonly name: string
  /** Which of the plan's `hosts` the connection is to lead to, from 0. Left out, whichever the driver likes. */
  readonly host?: number
  /** The connection must not be opened before this has resolved; if it rejects, neither is the connection opened. */
  readonly after?: Promise<unknown>
  /** Whoever opens the connection sets up its session, and then calls `reset` for the first time: that is to stay. */
  readonly setsUp?: boolean
  /** Which ways of being faster are on; all of them unless told. */
  readonly tuning?: Tuning
  /** Fires when nobody waits for the connection any more. If it comes all the same, it is closed at once. */
  readonly signal?: AbortSignal
  /** Where a connection that blocks lives; a thread unless told. A driver that does not block ignores it. */
  readonly isolation?: Isolation
}

/** What describes a driver, blocking or not: DB-API 2.0's module level, and what a pool must know beyond it. */
export interface DriverInfo<Options = unknown> {
  readonly name: string
  readonly apilevel: '2.0'
  /** 0: not even the module may be shared by threads; 1: the module; 2: connections too; 3: cursors too. */
  readonly threadsafety: 0 | 1 | 2 | 3
  readonly paramstyle: ParamStyle
  readonly traits: Traits
  /**
   * Reads what the user gave: the text of a URL behind `scheme:`, or the driver's own options. Refuses what is unknown
   * or wrong, by name, before anything is opened.
   */
  plan(source: string | Readonly<Record<string, unknown>>): ConnectPlan<Options>
  /** Reads a statement's text. */
  shape(sql: string): StatementShape
  /** Writes the placeholder of the value at `position`, counted from 1; left out where `paramstyle` tells it. */
  readonly placeholder?: (position: number) => string
  /** Writes a name so that SQL takes it as one identifier. */
  quoteIdentifier(name: string): string
}

/** A driver as the pool uses it. */
export interface Driver<Options = unknown> extends DriverInfo<Options> {
  connect(options: Options, context: ConnectContext): Promise<Connection>
}

/** A driver whose calls block: what its author writes. A thread imports the same module and calls `connect` there. */
export interface BlockingDriver<Options = unknown> extends DriverInfo<Options> {
  connect(options: Options, context: ConnectContext): BlockingOpening
  /** Names what the driver threw. What it does not know it gives as `OperationalError` or passes on as it is. */
  failure(thrown: unknown): ErrorRecord
  /** Whether a statement failed only because it ran inside a transaction, and did nothing (SQLite's VACUUM). */
  refusesTransaction?(thrown: unknown): boolean
  /** How many prepared statements a connection keeps. The event loop remembers as many; without it, 256. */
  statementsKept?(options: Options): number
}

/** An opened blocking connection and what the opened database allows. */
export interface BlockingOpening {
  readonly connection: BlockingConnection
  readonly layout: Layout
}
