import { ConnectionLostError, SqlError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { RowMode } from '../contract/value.ts'
import type { Ambient, Hold } from './ambient.ts'
import type { Autocommit } from './autocommit.ts'
import type { Holder } from './holder.ts'
import type { Spread } from './hosts/spread.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { Lease } from './lease.ts'
import type { Limit } from './limit.ts'
import type { Preparer } from './preparer.ts'
import type { Reconnect } from './reconnect.ts'
import { begin, runSession, type TransactionSetting } from './run-session.ts'
import { Session, type SessionKind } from './session.ts'
import { Tenure } from './tenure.ts'

/** What is to be done on a lane of one's own; `hold` says to the code that it runs that this lane is taken. */
export type LeaseWork<T> = (session: Session, hold: Hold) => Promise<T>

/** What a lease is for. */
export interface LeaseSetting extends TransactionSetting {
  readonly limit: Limit | null
  /** It may take as long as it goes on; see {@link Tenure}. */
  readonly byProgress?: boolean
}

/** How a connection is to be lent until it is given back. The limit is that of the waiting for it. */
export interface AcquireSetting extends LeaseSetting {
  readonly rowMode: RowMode
  readonly autocommit: boolean
}

/** What leases are told of their pool. */
export interface LeasesSetting {
  readonly preparer: Preparer
  readonly ambient: Ambient
  /** Who asks connections whether they live after something failed on them; null where nobody does. */
  readonly reconnect: Reconnect | null
}

/** Gives lanes to one caller at a time, and takes care that a lane comes back as it was given. */
export class Leases {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer
  readonly #ambient: Ambient
  readonly #reconnect: Reconnect | null
  /** Several servers; null where there is one. */
  spread: Spread<Leases> | null = null

  constructor(lanes: Lanes, autocommit: Autocommit, { preparer, ambient, reconnect }: LeasesSetting) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#preparer = preparer
    this.#ambient = ambient
    this.#reconnect = reconnect
  }

  /** Does the work in a transaction that has begun. */
  transaction<T>(setting: LeaseSetting, work: LeaseWork<T>): Promise<T> {
    return this.#reconnect ? this.#onAnother(setting, work) : this.#begunOn(setting, work)
  }

  #begunOn<T>(setting: LeaseSetting, work: LeaseWork<T>): Promise<T> {
    return this.use(setting, 'transaction', async (session, hold) => {
      await begin(session, setting)
      return await work(session, hold)
    })
  }

  // While nothing was done on the connection that was found to be lost, another can take its place, once.
  async #onAnother<T>(setting: LeaseSetting, work: LeaseWork<T>): Promise<T> {
    let begun = false
    try {
      return await this.#begunOn(setting, (session, hold) => {
        begun = true
        return work(session, hold)
      })
    } catch (error) {
      if (begun || !(error instanceof ConnectionLostError)) throw error
    }
    return await this.#begunOn(setting, work)
  }

  /** Takes a lane, runs `work` on it, ends whatever transaction is open then as `work` ended, and gives the lane back. */
  use<T>(setting: LeaseSetting, kind: SessionKind, work: LeaseWork<T>): Promise<T> {
    const { spread } = this
    if (spread && setting.readOnly) {
      return spread.read(
        (leases) => leases.use(setting, kind, work),
        () => this.#useOwn(setting, kind, work),
      )
    }
    const written = spread?.write()
    const done = this.#useOwn(setting, kind, work)
    return written ? done.finally(written) : done
  }

  #useOwn<T>(setting: LeaseSetting, kind: SessionKind, work: LeaseWork<T>): Promise<T> {
    const holder = this.#lanes.holder(kind)
    return holder.tell(kind, setting.readOnly, () => this.#use(setting, kind, holder, work))
  }

  async #use<T>(setting: LeaseSetting, kind: SessionKind, holder: Holder, work: LeaseWork<T>): Promise<T> {
    const { readOnly, limit, byProgress } = setting
    const intent = readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    let session: Session | null = null
    try {
      this.#lanes.lend(lane, holder)
      session = new Session(lane.open, this.#preparer, kind, limit)
      session.holder = holder
      lane.tenure = new Tenure(session, byProgress ? 'progress' : 'whole')
      return await this.#runOn(lane, lane.tenure, work)
    } catch (error) {
      if (!readOnly && lane.role === 'any' && error instanceof SqlError && error.kind === 'readOnly')
        this.#lanes.renewal.ask()
      // One that has yet to catch up would not answer, one that is gone is known to be lost, and one that was given up or
      // ended over a statement is no loss: the error says what it was.
      const canTell = !lane.emptied && (!lane.recovering || !lane.connection)
      throw this.#reconnect && canTell ? await this.#reconnect.after(lane, error) : error
    } finally {
      if (session && lane.connection && !lane.recovering) await this.#tidy(lane, session)
      this.#lanes.giveBack(lane, 'whole')
    }
  }

  #runOn<T>(lane: Lane, tenure: Tenure, work: LeaseWork<T>): Promise<T> {
    const { session } = tenure
    return runSession(lane, tenure, {
      recovery: this.#lanes.recovery,
      work: () => work(session, this.#ambient.holding(session, lane)),
      onRollbackFailed: (failure) => this.#lanes.drop(lane, failure),
    })
  }

  /** Lends a connection as soon as it is the caller's turn. */
  async acquire(asked: AcquireSetting): Promise<Lease> {
    const { spread } = this
    if (!spread) return await this.#acquire(asked)
    if (!asked.readOnly) return await this.#acquire(asked, spread.write())
    return await spread.read(
      (leases) => leases.acquire(asked),
      () => this.#acquire(asked),
    )
  }

  async #acquire(
    { readOnly, isolationLevel, rowMode, autocommit, limit }: AcquireSetting,
    onEnd?: () => void,
  ): Promise<Lease> {
    const holder = this.#lanes.holder('connection')
    const intent = readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    this.#lanes.lend(lane, holder)
    const session = new Session(lane.open, this.#preparer, 'connection', null)
    session.holder = holder
    const setting = { rowMode, autocommit, readOnly, isolationLevel }
    const tenure = new Tenure(session, 'free')
    lane.tenure = tenure
    tenure.onStop = () => this.#takeBack(lane, tenure)
    return new Lease(session, setting, {
      release: async () => {
        if (!tenure.stopped) await this.#release(lane, session)
        onEnd?.()
      },
      destroy: async () => {
        if (!tenure.stopped) await this.#destroy(lane, session)
        onEnd?.()
      },
    })
  }

  // The pool is closed, and does not wait for whoever has the connection.
  #takeBack(lane: Lane, { session, stopped }: Tenure): void {
    session.end()
    this.#lanes.recovery.leave(lane, (stopped as Failure).record)
    this.#lanes.giveBack(lane, 'whole')
  }

  async #tidy(lane: Lane, session: Session): Promise<void> {
    const failure = await session.dropResults()
    if (failure) this.#lanes.drop(lane, failure)
  }

  async #release(lane: Lane, session: Session): Promise<void> {
    session.end()
    lane.tenure = null
    try {
      // What nobody awaited has its failure all the same, which is no reason to keep the connection.
      await session.settle().catch(() => undefined)
      if (!lane.connection) return
      if (session.inTransaction) {
        const failure = await session.connection.rollback()
        if (failure && !lane.recovering) return this.#lanes.drop(lane, failure)
      }
      if (!lane.recovering) await this.#tidy(lane, session)
    } finally {
      this.#lanes.giveBack(lane, 'whole')
    }
  }

  async #destroy(lane: Lane, session: Session): Promise<void> {
    session.end()
    const { connection } = session
    lane.leave()
    // It is closed behind what runs there; where that has no end, another connection takes its place meanwhile.
    if ((connection.progress?.pending ?? 0) > 0) this.#lanes.recovery.recover(lane)
    this.#lanes.abandon(lane)
    this.#lanes.giveBack(lane, 'whole')
    await connection.close()
  }
}
