import type { ColumnBatch } from '../contract/columns.ts'
import { cursorRowMode } from '../contract/cursor-checks.ts'
import { InterfaceError } from '../contract/errors.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import type { Parameters, Row, RowMode } from '../contract/value.ts'
import { commitError } from './commit.ts'
import { type HandleOptions, SessionCursor } from './cursor.ts'
import { type AnyMode, type ByColumns, NO_OPTIONS } from './options.ts'
import type { Session } from './session.ts'

/** How a connection is lent. */
export interface ConnectionSetting {
  readonly rowMode: RowMode
  readonly autocommit: boolean
  readonly readOnly: boolean
  readonly isolationLevel?: IsolationLevel | undefined
}

/**
 * A pooled connection in the hands of one caller, as DB-API 2.0 has it: a transaction begins with the first statement
 * and after each `commit` and `rollback`, unless autocommit is switched on.
 */
export class PooledConnection {
  readonly #session: Session
  readonly #rowMode: RowMode
  readonly #readOnly: boolean
  readonly #level: IsolationLevel | undefined
  #autocommit: boolean
  #begun: Promise<void> | null = null

  constructor(session: Session, setting: ConnectionSetting) {
    this.#session = session
    this.#rowMode = setting.rowMode
    this.#autocommit = setting.autocommit
    this.#readOnly = setting.readOnly
    this.#level = setting.isolationLevel
  }

  /** Whether each statement is a transaction of its own. False at first, except in `onOpen`. */
  get autocommit(): boolean {
    return this.#autocommit
  }

  /**
   * Switches autocommit; refused while a transaction is open, and on a connection lent to read only: it is its
   * transactions that cannot write.
   */
  async setAutocommit(autocommit: boolean): Promise<void> {
    this.#session.check()
    if (this.#readOnly && autocommit) {
      throw autocommitReads()
    }
    if (this.#begun && autocommit) {
      throw new InterfaceError('autocommit cannot be switched on inside a transaction: commit or roll back first', {
        code: 'IN_TRANSACTION',
        kind: 'usage',
      })
    }
    this.#autocommit = autocommit
  }

  /** A new cursor. Cursors of one connection see each other's changes. */
  cursor<R = Row>(options: { readonly rowMode?: RowMode } = NO_OPTIONS): SessionCursor<R> {
    return new ConnectionCursor<R>(this.#session, cursorRowMode(options, this.#rowMode), () => this.begin())
  }

  /** Runs a statement and gives all its rows; or its columns, as `runQuery` does. */
  query<R = Row>(sql: string, parameters?: Parameters, options?: HandleOptions): Promise<R[]>
  query<R = Row>(
    sql: string,
    parameters: Parameters | undefined,
    options: ByColumns<HandleOptions>,
  ): Promise<ColumnBatch<R>>
  query(sql: string, parameters?: Parameters, options: AnyMode<HandleOptions> = NO_OPTIONS): Promise<unknown> {
    return this.cursor().query(sql, parameters, options as HandleOptions)
  }

  /** Commits what was done since the transaction began; without one it does nothing. */
  commit(): Promise<void> {
    return this.#session.track(() => this.#end('commit'))
  }

  /** Undoes what was done since the transaction began; without one it does nothing. */
  rollback(): Promise<void> {
    return this.#session.track(() => this.#end('rollback'))
  }

  /** Does nothing: the connection is the pool's, and its use ends when the callback returns. */
  async close(): Promise<void> {
    // DB-API programs close what they opened; here somebody else opened it.
  }

  /** Begins the transaction that the next statement would begin; does nothing if it has begun, or in autocommit. */
  async begin(): Promise<void> {
    this.#session.check()
    if (this.#autocommit) return
    this.#begun ??= this.#beginNow()
    await this.#begun
  }

  async #beginNow(): Promise<void> {
    // Said before the answer is there: a call that is given up meanwhile has a transaction to roll back.
    this.#session.inTransaction = true
    this.#session.isolationLevel = this.#level
    const failure = await this.#session.connection.begin(this.#readOnly ? 'read' : 'write', this.#level)
    if (!failure) return
    this.#begun = null
    this.#session.inTransaction = false
    throw this.#session.errorOf(failure)
  }

  async #end(verb: 'commit' | 'rollback'): Promise<void> {
    this.#session.check()
    const begun = this.#begun
    if (!begun) return
    await begun
    if (verb === 'commit') this.#session.story.refuseCommit()
    this.#begun = null
    const failure = await this.#session.connection[verb]()
    if (failure) {
      // A commit that failed leaves the transaction open, unless there was none left to commit.
      if (failure.record.kind !== 'rolledBack') this.#begun = begun
      throw verb === 'commit' ? commitError(this.#session, failure) : failure.toError()
    }
    if (!this.#begun) this.#session.inTransaction = false
    const { followUps, story } = this.#session
    story.restart()
    if (verb === 'commit') followUps.committed()
    else followUps.rolledBack()
  }
}

export function autocommitReads(): InterfaceError {
  return new InterfaceError('autocommit cannot be switched on where a connection was lent to read only', {
    code: 'READ_ONLY',
    kind: 'usage',
  })
}

class ConnectionCursor<R> extends SessionCursor<R> {
  readonly #begin: () => Promise<void>

  constructor(session: Session, rowMode: RowMode, begin: () => Promise<void>) {
    super(session, rowMode)
    this.#begin = begin
  }

  protected override beforeStatement(): Promise<void> {
    return this.#begin()
  }
}
