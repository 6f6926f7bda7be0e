/** What a statement's text says of itself, without asking the database. */
export interface StatementShape {
  /** How many values one execution takes. */
  readonly parameterCount: number
  /**
   * The names of the placeholders in the order in which values cross to the driver, without their prefix; null where
   * placeholders have no names. A numbered placeholder (`?2`) is named by its number.
   */
  readonly parameterNames: readonly string[] | null
  /** How many statements the text holds; 0 when it is empty or only a comment. */
  readonly statementCount: number
  /**
   * The statement begins, commits or rolls back a transaction (a savepoint does not). Such a statement is refused, since
   * transactions are begun and ended by the pool. A driver that cannot tell leaves it out: then it is found out after
   * the statement ran.
   */
  readonly controlsTransaction?: boolean
  /**
   * The statement changes rows and does nothing else, in a transaction with others as well as in one of its own: INSERT,
   * UPDATE, DELETE. Such statements may share a COMMIT. A driver that cannot tell leaves it out: then none does.
   */
  readonly changesRows?: boolean
  /**
   * The statement gives rows and changes nothing: SELECT, VALUES. A driver that cannot tell leaves it out: then the
   * connection is asked after each run whether it is still in the transaction it was in.
   */
  readonly readsRows?: boolean
  /**
   * The statement may leave something in its session that the next one finds: a setting, a lock, a temporary table. Behind
   * such a statement that runs by itself the session is reset.
   */
  readonly touchesSession?: boolean
}

/** Whether a transaction will write. `write` takes the database's write lock at once; `read` promises not to write. */
export type TransactionMode = 'write' | 'read'

/**
 * How far transactions that run at the same time are kept apart: what the SQL standard calls its isolation level. A
 * database may give a stronger one than was asked, never a weaker one.
 */
export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable'

/**
 * Which statements a connection will be given. A `reader` is opened so that writing is impossible on it; `writer` and
 * `any` can do everything.
 */
export type Role = 'writer' | 'reader' | 'any'

/**
 * How connections to one database relate: `one` connection does everything (a database in memory), one connection
 * writes while others read (`writer-readers`), or all are `equal` (a server).
 */
export type Layout = 'one' | 'writer-readers' | 'equal'
