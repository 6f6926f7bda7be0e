import { InterfaceError } from '../contract/errors.ts'
import { type ConnectionSetting, PooledConnection } from './pooled-connection.ts'
import type { Session } from './session.ts'

/** What ends a lease. */
interface LeaseEnd {
  release(): Promise<void>
  destroy(): Promise<void>
}

/**
 * A connection that is lent until it is given back, for work that no callback can enclose; everything else is better
 * done by `runInteraction` or `runWithConnection`, which cannot forget to give back. Calls through the pool do not join
 * its transaction.
 *
 * @example
 * await using lease = await pool.acquire()
 * await lease.query('UPDATE accounts SET cents = cents - ? WHERE id = ?', [500, 1])
 * await lease.commit()
 */
export class Lease extends PooledConnection implements AsyncDisposable {
  readonly #end: LeaseEnd
  #ended = false

  /** Use {@link ConnectionPool.acquire}. */
  constructor(session: Session, setting: ConnectionSetting, end: LeaseEnd) {
    super(session, setting)
    this.#end = end
  }

  /**
   * Gives the connection back. What was not committed is rolled back; calls that were made are waited for.
   *
   * @throws {InterfaceError} when it was given back or destroyed before
   */
  async release(): Promise<void> {
    this.#endOnce('released')
    await this.#end.release()
  }

  /**
   * Closes the connection instead of giving it back, for one that is in a state that nobody else should meet.
   *
   * @throws {InterfaceError} when it was given back or destroyed before
   */
  async destroy(): Promise<void> {
    this.#endOnce('destroyed')
    await this.#end.destroy()
  }

  /** Gives the connection back, unless that was done. */
  override async close(): Promise<void> {
    if (!this.#ended) await this.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #endOnce(how: string): void {
    if (this.#ended) {
      throw new InterfaceError(`the lease cannot be ${how}: it has ended before`, {
        code: 'LEASE_ENDED',
        kind: 'usage',
      })
    }
    this.#ended = true
  }
}
