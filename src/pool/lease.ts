import type { Ambient, Hold } from './ambient.ts'
import type { Autocommit } from './autocommit.ts'
import { commit, lostBeforeCommit } from './commit.ts'
import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Limit } from './limit.ts'
import type { Preparer } from './preparer.ts'
import type { Recovery } from './recovery.ts'
import { Session, type SessionKind } from './session.ts'
import { Tenure } from './tenure.ts'
import { undo } from './undo.ts'
import { untilAborted } from './until-aborted.ts'

/** What is to be done on a lane of one's own; `hold` says to the code that it runs that this lane is taken. */
export type LeaseWork<T> = (session: Session, hold: Hold) => Promise<T>

/** What a lease is for. */
export interface LeaseSetting {
  readonly readOnly: boolean
  readonly limit: Limit | null
  /** It may take as long as it goes on; see {@link Tenure}. */
  readonly byProgress?: boolean
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

  async #use<T>(setting: LeaseSetting, kind: SessionKind, holder: Holder, work: LeaseWork<T>): Promise<T> {
    const { readOnly, limit, byProgress = false } = setting
    const intent = readOnly ? 'read' : 'write'
    const lane = this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', limit))
    let session: Session | null = null
    try {
      this.#lanes.lend(lane, holder)
      session = new Session(lane.open, this.#preparer, kind, limit)
      session.holder = holder
      lane.tenure = new Tenure(session, byProgress)
      const hold = this.#ambient.holding(session, lane)
      return await runOn(this.#lanes.recovery, lane, lane.tenure, () => work(session as Session, hold))
    } finally {
      if (session && lane.connection && !lane.recovering) await session.dropResults()
      this.#lanes.giveBack(lane, 'whole')
    }
  }
}

async function runOn<T>(recovery: Recovery, lane: Lane, tenure: Tenure, work: () => Promise<T>): Promise<T> {
  const { session } = tenure
  const { limit } = session
  try {
    const result = tenure.kept(await tenure.until(untilAborted(work(), limit)))
    tenure.kept(await tenure.until(untilAborted(session.settle(), limit)))
    session.end()
    // From here on it waits for the database and for nobody else, and that has a deadline of its own.
    lane.tenure = null
    if (session.inTransaction) {
      if (!lane.connection) throw lostBeforeCommit()
      await commit(session)
    }
    session.followUps.committed()
    return result
  } catch (error) {
    session.end()
    lane.tenure = null
    await undo(recovery, lane, session, error)
    session.followUps.rolledBack()
    throw error
  }
}
