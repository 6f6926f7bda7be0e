import { cursorRowMode } from '../contract/cursor-checks.ts'
import { InterfaceError } from '../contract/errors.ts'
import type { Row, RowMode } from '../contract/value.ts'
import { AMBIENT, type Ambient, SCOPE, type Scope } from './ambient.ts'
import { SessionCursor } from './cursor.ts'
import { describe, NO_OPTIONS } from './options.ts'
import type { Session } from './session.ts'

/**
 * The handle of an interaction: a cursor on its transaction. It is dead when the callback has returned. There is no
 * `commit` on it: returning commits, throwing rolls back.
 */
export class Transaction<R = Row> extends SessionCursor<R> {
  readonly #ambient: Ambient
  readonly #scope: Scope | null

  /** Use {@link ConnectionPool.runInteraction}. */
  constructor(session: Session, rowMode: RowMode, ambient: Ambient) {
    super(session, rowMode)
    this.#ambient = ambient
    this.#scope = ambient.scope
  }

  get [AMBIENT](): Ambient {
    return this.#ambient
  }

  get [SCOPE](): Scope | null {
    return this.#scope
  }

  /** Which attempt at the interaction this is: 1, and more only with the option `retry`. */
  get attempt(): number {
    return this.session.attempt
  }

  /**
   * Has work done once the outermost interaction is committed, in no transaction and after the work that was given
   * before; not at all if what was done so far is rolled back. The interaction settles after it. Whatever it throws
   * undoes nothing: the interaction then rejects with an `SqlError` with the code `AFTER_COMMIT`, `cause` telling why.
   */
  afterCommit(work: () => unknown): void {
    this.session.check()
    this.session.followUps.afterCommit(checkWork('afterCommit', work))
  }

  /**
   * Has work done if what was done so far is rolled back: because the interaction fails, or because the inner one that
   * this handle belongs to does. It is done once the outermost interaction has ended (an attempt that failed has ended
   * before the next one begins), in no transaction, what was given last first. The interaction settles after it, as it
   * would without: whatever the work throws is put beside the error as its `suppressed`.
   */
  afterRollback(work: () => unknown): void {
    this.session.check()
    this.session.followUps.afterRollback(checkWork('afterRollback', work))
  }

  /** Another cursor on the same transaction; both see what either changed. */
  cursor<T = R>(options: { readonly rowMode?: RowMode } = NO_OPTIONS): SessionCursor<T> {
    return new SessionCursor<T>(this.session, cursorRowMode(options, this.rowMode))
  }
}

function checkWork(method: string, work: () => unknown): () => unknown {
  if (typeof work === 'function') return work
  throw new InterfaceError(`${method} needs a function, not ${describe(work)}`, { code: 'NO_CALLBACK', kind: 'usage' })
}
