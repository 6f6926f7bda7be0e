import { AsyncLocalStorage } from 'node:async_hooks'
import { Turns } from '../base/turns.ts'
import { InterfaceError } from '../contract/errors.ts'
import type { RowMode } from '../contract/value.ts'
import type { Autocommit } from './autocommit.ts'
import { commitError, lostBeforeCommit } from './commit.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { Lease } from './lease.ts'
import type { Limit } from './limit.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'
import { Transaction } from './transaction.ts'
import { undo } from './undo.ts'

/** How one interaction is to run. */
export interface InteractionSetting {
  readonly readOnly: boolean
  readonly rowMode: RowMode
  readonly limit: Limit | null
  /** It may take as long as it goes on; see {@link Lease}. */
  readonly byProgress?: boolean
}

/** The transaction that the running code is in: what a call through the pool joins. */
export interface Scope {
  readonly session: Session
  /** Begins the transaction if it has not begun yet. */
  begin(): Promise<void>
  readonly depth: number
  /** Lets one nested interaction in at a time: savepoints are a stack. */
  readonly nested: Turns
}

/** Runs callbacks that own a connection for a while: interactions and DB-API connections. */
export class Interactions {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer
  readonly #ambient = new AsyncLocalStorage<Scope | null>()

  constructor(lanes: Lanes, autocommit: Autocommit, preparer: Preparer) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#preparer = preparer
  }

  /** The transaction that the running code is in, or null. */
  get current(): Scope | null {
    return this.#ambient.getStore() ?? null
  }

  /** Runs `callback` as if no interaction were around it. */
  outside<T>(callback: () => T): T {
    return this.#ambient.run(null, callback)
  }

  /** BEGIN, the callback, COMMIT; ROLLBACK if it throws. Inside another interaction: a savepoint of it. */
  async run<T>(setting: InteractionSetting, callback: (txn: Transaction<never>) => T | Promise<T>): Promise<T> {
    const outer = this.current
    if (outer) return await this.#runNested(outer, setting, callback)
    return await this.transaction(setting, (session) => {
      const scope: Scope = { session, begin: alreadyBegun, depth: 0, nested: new Turns() }
      const handle = new Transaction<never>(session, setting.rowMode)
      return this.#ambient.run(scope, async () => callback(handle))
    })
  }

  /** Inside an interaction: runs what may have to be undone while the interaction goes on. */
  apart<T>(setting: InteractionSetting, work: (session: Session) => Promise<T>): Promise<T> {
    return this.run(setting, () => work((this.current as Scope).session))
  }

  /** A transaction on a connection of its own that calls through the pool do not join. */
  transaction<T>(setting: InteractionSetting, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#lease(setting, 'transaction', async (session) => {
      await begin(session, setting)
      return work(session)
    })
  }

  /**
   * Lends a connection. What was not committed when the callback returns is committed, or rolled back if it throws.
   * Calls through the pool inside are made on this connection.
   */
  async runWithConnection<T>(
    setting: InteractionSetting,
    callback: (connection: PooledConnection) => T | Promise<T>,
  ): Promise<T> {
    if (this.current) throw lentInside()
    return await this.#lease(setting, 'connection', (session) => {
      const connection = new PooledConnection(session, setting.rowMode, false)
      const scope: Scope = { session, begin: () => connection.begin(), depth: 0, nested: new Turns() }
      return this.#ambient.run(scope, async () => callback(connection))
    })
  }

  /** Takes a connection, runs `work` on it, and ends whatever transaction is open then as `work` ended. */
  async #lease<T>(
    setting: InteractionSetting,
    kind: 'transaction' | 'connection',
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const { limit } = setting
    const intent = setting.readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    try {
      const session = new Session(lane.open, this.#preparer, kind, limit)
      lane.lease = new Lease(session, setting.byProgress ?? false)
      return await this.#runOn(lane, lane.lease, limit, work)
    } finally {
      this.#lanes.giveBack(lane, 'whole')
    }
  }

  async #runOn<T>(lane: Lane, lease: Lease, limit: Limit | null, work: (session: Session) => Promise<T>): Promise<T> {
    const { session } = lease
    try {
      const result = await lease.until(untilAborted(work(session), limit))
      await lease.until(untilAborted(session.settle(), limit))
      session.end()
      // From here on it waits for the database and for nobody else, and that has a deadline of its own.
      lane.lease = null
      if (session.inTransaction) await this.#commit(lane, session)
      return result
    } catch (error) {
      session.end()
      lane.lease = null
      await undo(this.#lanes.recovery, lane, session, error)
      throw error
    }
  }

  async #commit(lane: Lane, session: Session): Promise<void> {
    if (!lane.connection) throw lostBeforeCommit()
    const failure = await session.connection.commit()
    if (!failure) {
      session.inTransaction = false
      return
    }
    throw commitError(failure)
  }

  async #runNested<T>(
    outer: Scope,
    setting: InteractionSetting,
    callback: (txn: Transaction<never>) => T | Promise<T>,
  ): Promise<T> {
    const turn = outer.nested.enter()
    if (turn) await turn
    try {
      return await this.#runSavepoint(outer, setting, callback)
    } finally {
      outer.nested.leave()
    }
  }

  async #runSavepoint<T>(
    outer: Scope,
    setting: InteractionSetting,
    callback: (txn: Transaction<never>) => T | Promise<T>,
  ): Promise<T> {
    outer.session.check()
    await outer.begin()
    const { connection } = outer.session
    const depth = outer.depth + 1
    const name = `offloop_${depth}`
    const begun = await connection.savepoint(name)
    if (begun) throw outer.session.errorOf(begun)
    const limit = setting.limit ?? outer.session.limit
    const inner = new Session(connection, this.#preparer, 'transaction', limit, outer.session)
    inner.inTransaction = true
    try {
      inner.check()
      const scope: Scope = { session: inner, begin: alreadyBegun, depth, nested: new Turns() }
      const handle = new Transaction<never>(inner, setting.rowMode)
      const result = await this.#ambient.run(scope, () => untilAborted((async () => callback(handle))(), setting.limit))
      await untilAborted(inner.settle(), setting.limit)
      inner.check()
      inner.end()
      const released = await connection.releaseSavepoint(name)
      if (released) throw released.toError()
      return result
    } catch (error) {
      inner.end()
      // With the outer transaction the savepoint is gone, and the connection may be somebody else's by now.
      if (!outer.session.ended) {
        await Promise.all([connection.rollbackToSavepoint(name), connection.releaseSavepoint(name)])
      }
      throw error
    }
  }
}

/** Begins the transaction of a session; whatever ends the session from now on has one to roll back. */
async function begin(session: Session, { readOnly }: InteractionSetting): Promise<void> {
  session.inTransaction = true
  const failure = await session.connection.begin(readOnly ? 'read' : 'write')
  if (failure) {
    session.inTransaction = false
    throw session.errorOf(failure)
  }
  session.check()
}

/** Settles as `work` does, or with the limit's error as soon as the limit is reached. */
async function untilAborted<T>(work: Promise<T>, limit: Limit | null): Promise<T> {
  if (!limit) return work
  const { signal } = limit
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>()
  const abort = () => resolve('aborted')
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    const first = await Promise.race([work.then((value) => ({ value })), aborted])
    if (first === 'aborted') throw limit.toError()
    return first.value
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

// Its commit and rollback would end the transaction around it, and a connection of its own might never be free.
function lentInside(): InterfaceError {
  return new InterfaceError(
    'runWithConnection cannot join the transaction around it: use runInteraction, or call it through pool.outside(...)',
    { code: 'INSIDE_INTERACTION', kind: 'usage' },
  )
}

async function alreadyBegun(): Promise<void> {
  // An interaction begins before its callback is called.
}

/** Works in the transaction that the running code is in. */
export async function joined<T>(scope: Scope, work: (session: Session) => Promise<T>): Promise<T> {
  await scope.begin()
  return await work(scope.session)
}
