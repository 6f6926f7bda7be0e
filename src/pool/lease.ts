import { InterfaceError } from '../contract/errors.ts'
import type { RowMode } from '../contract/value.ts'
import type { Autocommit } from './autocommit.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Limit } from './limit.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'

/** How a connection is to be lent. The limit is that of the waiting for it. */
export interface LeaseSetting {
  readonly readOnly: boolean
  readonly rowMode: RowMode
  readonly limit: Limit | null
}

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
  constructor(session: Session, rowMode: RowMode, end: LeaseEnd) {
    super(session, rowMode, false)
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

/** Lends connections. */
export class Leases {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer

  constructor(lanes: Lanes, autocommit: Autocommit, preparer: Preparer) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#preparer = preparer
  }

  /** Lends a connection as soon as it is the caller's turn. */
  async acquire({ readOnly, rowMode, limit }: LeaseSetting): Promise<Lease> {
    const intent = readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    const session = new Session(lane.open, this.#preparer, 'connection', null)
    return new Lease(session, rowMode, {
      release: () => this.#release(lane, session),
      destroy: () => this.#destroy(lane, session),
    })
  }

  async #release(lane: Lane, session: Session): Promise<void> {
    session.end()
    try {
      // What nobody awaited has its failure all the same, which is no reason to keep the connection.
      await session.settle().catch(() => undefined)
      if (!session.inTransaction || !lane.connection) return
      const failure = await session.connection.rollback()
      if (failure) this.#lanes.drop(lane, failure)
    } finally {
      this.#lanes.giveBack(lane, 'whole')
    }
  }

  async #destroy(lane: Lane, session: Session): Promise<void> {
    session.end()
    const { connection } = session
    this.#lanes.abandon(lane)
    this.#lanes.giveBack(lane, 'whole')
    await connection.close()
  }
}
