import type { Ambient, Hold } from './ambient.ts'
import type { Autocommit } from './autocommit.ts'
import { commit, lostBeforeCommit, suppress } from './commit.ts'
import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Limit } from './limit.ts'
import type { Preparer } from './preparer.ts'
import { Session, type SessionKind } from './session.ts'
import { untilAborted } from './until-aborted.ts'

/** What is to be done on a lane of one's own; `hold` says to the code that it runs that this lane is taken. */
export type LeaseWork<T> = (session: Session, hold: Hold) => Promise<T>

/** What a lease is for. */
export interface LeaseSetting {
  readonly readOnly: boolean
  readonly limit: Limit | null
}

/** Gives lanes to one caller at a time, and takes care that a lane comes back as it was given. */
export class Leases {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer
  readonly #ambient: Ambient

  constructor(lanes: Lanes, autocommit: Autocommit, preparer: Preparer, ambient: Ambient) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#preparer = preparer
    this.#ambient = ambient
  }

  /** Takes a lane, runs `work` on it, ends whatever transaction is open then as `work` ended, and gives the lane back. */
  use<T>(setting: LeaseSetting, kind: SessionKind, work: LeaseWork<T>): Promise<T> {
    const holder = this.#lanes.holder(kind)
    return holder.tell(kind, setting.readOnly, () => this.#use(setting, kind, holder, work))
  }

  async #use<T>({ readOnly, limit }: LeaseSetting, kind: SessionKind, holder: Holder, work: LeaseWork<T>): Promise<T> {
    const intent = readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    let session: Session | null = null
    try {
      this.#lanes.lend(lane, holder)
      session = new Session(lane.open, this.#preparer, kind, limit)
      session.holder = holder
      return await runOn(lane, session, () => work(session as Session, this.#ambient.holding(session as Session, lane)))
    } finally {
      if (session && lane.connection) await session.dropResults()
      this.#lanes.giveBack(lane, 'whole')
    }
  }
}

async function runOn<T>(lane: Lane, session: Session, work: () => Promise<T>): Promise<T> {
  const { limit } = session
  try {
    const result = await untilAborted(work(), limit)
    await untilAborted(session.settle(), limit)
    session.end()
    if (session.inTransaction) {
      if (!lane.connection) throw lostBeforeCommit()
      await commit(session)
    }
    session.followUps.committed()
    return result
  } catch (error) {
    session.end()
    if (session.inTransaction) await rollback(lane, session, error)
    session.followUps.rolledBack()
    throw error
  }
}

// The caller's error is the one that counts; what rolling back adds goes with it.
async function rollback(lane: Lane, session: Session, error: unknown): Promise<void> {
  const failure = await session.connection.rollback()
  if (!failure) return
  suppress(error, 'suppressed', failure.toError())
  await lane.connection?.close()
}
