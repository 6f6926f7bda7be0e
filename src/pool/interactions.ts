import type { Clock } from '../base/clock.ts'
import { Turns } from '../base/turns.ts'
import { InterfaceError } from '../contract/errors.ts'
import type { RowMode } from '../contract/value.ts'
import type { FollowUps } from './after-commit.ts'
import type { Ambient, Hold, Scope } from './ambient.ts'
import type { Factories } from './factories.ts'
import { follow, withSuppressed } from './follow.ts'
import type { LeaseSetting, Leases } from './leases.ts'
import { alreadyBegun, Nested } from './nested.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { type CheckedRetry, retrying } from './retry.ts'
import type { Session } from './session.ts'
import { Transaction } from './transaction.ts'

/** How one interaction is to run. */
export interface InteractionSetting extends LeaseSetting {
  readonly rowMode: RowMode
  readonly retry: CheckedRetry
}

/** How one connection is to be lent. */
export interface LentSetting extends InteractionSetting {
  readonly autocommit: boolean
}

/** What interactions are told of their pool. */
export interface InteractionsSetting {
  readonly clock: Clock
  readonly factories: Factories
}

/** Runs callbacks that own a connection for a while: interactions and DB-API connections. */
export class Interactions {
  readonly #leases: Leases
  readonly #ambient: Ambient
  readonly #nested: Nested
  readonly #setting: InteractionsSetting

  constructor(leases: Leases, preparer: Preparer, ambient: Ambient, setting: InteractionsSetting) {
    this.#leases = leases
    this.#ambient = ambient
    this.#nested = new Nested(preparer, ambient)
    this.#setting = setting
  }

  /** The transaction that the running code is in, or null. */
  get current(): Scope | null {
    return this.#ambient.scope
  }

  /** BEGIN, the callback, COMMIT; ROLLBACK if it throws. Inside another interaction: a savepoint of it. */
  async run<T>(setting: InteractionSetting, callback: (txn: unknown) => T | Promise<T>): Promise<T> {
    const call = async (session: Session) => callback(this.#handle(session, setting.rowMode))
    const outer = this.current
    if (outer) return await this.#nested.run(outer, setting, call)
    let followUps: FollowUps | null = null
    const once = async (attempt: number) => {
      try {
        return await this.#leases.transaction(setting, async (session, hold) => {
          session.attempt = attempt
          followUps = session.followUps
          return await this.#ambient.run(scopeOf(session, alreadyBegun), hold, () => call(session))
        })
      } catch (error) {
        throw followUps?.isDue ? await withSuppressed(error, followUps) : error
      }
    }
    const { retry, limit } = setting
    const result = retry ? await retrying(retry, this.#setting.clock, limit, once) : await once(1)
    await follow(followUps)
    return result
  }

  /** Refuses what asks for a stronger isolation level than the transaction has that it would be a part of. */
  refuseWeaker(session: Session, setting: LeaseSetting): void {
    this.#nested.refuseWeaker(session, setting)
  }

  /** Inside an interaction: runs what may have to be undone while the interaction goes on. */
  apart<T>(scope: Scope, setting: LeaseSetting, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#nested.run(scope, setting, work)
  }

  /** A transaction on a connection of its own that calls through the pool do not join. */
  transaction<T>(setting: LeaseSetting, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#leases.transaction(setting, (session, hold) => this.#ambient.run(null, hold, () => work(session)))
  }

  /**
   * Lends a connection. What was not committed when the callback returns is committed, or rolled back if it throws.
   * Calls through the pool inside are made on this connection.
   */
  async runWithConnection<T>(setting: LentSetting, callback: (connection: unknown) => T | Promise<T>): Promise<T> {
    if (this.current) throw lentInside('runWithConnection')
    let followUps: FollowUps | null = null
    let result: T
    try {
      result = await this.#leases.use(setting, 'connection', (session, hold) => {
        followUps = session.followUps
        return this.#lend(session, hold, setting, callback)
      })
    } catch (error) {
      // What was committed by hand stands, whatever came after it.
      throw await withSuppressed(error, followUps)
    }
    await follow(followUps)
    return result
  }

  #lend<T>(
    session: Session,
    hold: Hold,
    { rowMode, readOnly, isolationLevel, autocommit }: LentSetting,
    callback: (connection: unknown) => T | Promise<T>,
  ): Promise<T> {
    const connection = new PooledConnection(session, { rowMode, autocommit, readOnly, isolationLevel })
    const scope = scopeOf(session, () => connection.begin())
    return this.#ambient.run(scope, hold, async () => callback(this.#setting.factories.connection(connection)))
  }

  #handle(session: Session, rowMode: RowMode): unknown {
    return this.#setting.factories.transaction(new Transaction(session, rowMode, this.#ambient))
  }
}

/** The outermost scope on a session. */
export function scopeOf(session: Session, begin: () => Promise<void>): Scope {
  return { session, begin, depth: 0, nested: new Turns() }
}

// Its commit and rollback would end the transaction around it, and a connection of its own might never be free.
export function lentInside(call: string): InterfaceError {
  return new InterfaceError(
    `${call} cannot join the transaction around it: use runInteraction, or call it through pool.outside(...)`,
    { code: 'INSIDE_INTERACTION', kind: 'usage' },
  )
}

/** Works in the transaction that the running code is in. */
export async function joined<T>(scope: Scope, work: (session: Session) => Promise<T>): Promise<T> {
  await scope.begin()
  return await work(scope.session)
}
