import { cursorRowMode } from '../contract/cursor-checks.ts'
import type { Row, RowMode } from '../contract/value.ts'
import { SessionCursor } from './cursor.ts'
import { NO_OPTIONS } from './options.ts'

/**
 * The handle of an interaction: a cursor on its transaction. It is dead when the callback has returned. There is no
 * `commit` on it: returning commits, throwing rolls back.
 */
export class Transaction<R = Row> extends SessionCursor<R> {
  /** Another cursor on the same transaction; both see what either changed. */
  cursor<T = R>(options: { readonly rowMode?: RowMode } = NO_OPTIONS): SessionCursor<T> {
    return new SessionCursor<T>(this.session, cursorRowMode(options, this.rowMode))
  }
}
