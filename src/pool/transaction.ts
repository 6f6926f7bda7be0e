import { cursorRowMode } from '../contract/cursor-checks.ts'
import { InterfaceError } from '../contract/errors.ts'
import type { Row, RowMode } from '../contract/value.ts'
import { SessionCursor } from './cursor.ts'
import { describe, NO_OPTIONS } from './options.ts'

/**
 * The handle of an interaction: a cursor on its transaction. It is dead when the callback has returned. There is no
 * `commit` on it: returning commits, throwing rolls back.
 */
export class Transaction<R = Row> extends SessionCursor<R> {
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
    if (typeof work !== 'function') {
      throw new InterfaceError(`afterCommit needs a function, not ${describe(work)}`, {
        code: 'NO_CALLBACK',
        kind: 'usage',
      })
    }
    this.session.followUps.add(work)
  }

  /** Another cursor on the same transaction; both see what either changed. */
  cursor<T = R>(options: { readonly rowMode?: RowMode } = NO_OPTIONS): SessionCursor<T> {
    return new SessionCursor<T>(this.session, cursorRowMode(options, this.rowMode))
  }
}
