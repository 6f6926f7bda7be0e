import type { ErrorRecord, Failure } from '../contract/failure.ts'
import { abandonedRecord, fates } from './given-up.ts'
import type { Lane } from './lane.ts'

/** Who is told what becomes of lanes that are out of use. */
export interface RecoveryObserver {
  /** A lane has to be looked after until it has caught up. */
  onRecovering(): void
  /** It has not caught up for so long that it is not to be counted on. */
  onLost(lane: Lane): void
  /** It has caught up, and can be used again. */
  onRecovered(lane: Lane): void
  /** A lane is no longer looked after, whatever became of it. */
  onCaughtUp(): void
}

interface Recovering {
  /** Resolves when the lane has caught up, or is lost, or gone. */
  readonly settled: Promise<void>
  readonly settle: () => void
  since: number | null
}

/** Lanes that are out of use until their connections have caught up with what was given up on them. */
export class Recovery {
  readonly #livesInOne: boolean
  readonly #observer: RecoveryObserver
  readonly #recovering = new Map<Lane, Recovering>()

  /** @param livesInOne the database is gone with its connection, which must not be ended */
  constructor(livesInOne: boolean, observer: RecoveryObserver) {
    this.#livesInOne = livesInOne
    this.#observer = observer
  }

  /** Whether any lane is out of use. */
  get isBusy(): boolean {
    return this.#recovering.size > 0
  }

  /** Resolves when the lane has caught up, or when that takes so long that nobody is to wait for it. */
  async settled(lane: Lane): Promise<void> {
    await this.#recovering.get(lane)?.settled
  }

  /**
   * Keeps a lane out of use until its connection has caught up with a call that was given up on it. Calls behind it were
   * made before; nothing new is put there.
   */
  recover(lane: Lane): void {
    if (lane.recovering || !lane.connection) return
    // Without a transaction a rollback does nothing; it is answered when all before it is done.
    this.#start(lane, lane.connection.rollback())
  }

  /**
   * Gives up all that was asked of a lane's connection and is not answered: what runs fails with this record, or with what
   * says that nobody knows, and all others go elsewhere.
   */
  giveUp(lane: Lane, undone: ErrorRecord): void {
    const { connection } = lane
    if (connection?.kill) return this.#end(lane, undone)
    if (!connection?.giveUp) return this.recover(lane)
    lane.emptied = true
    const caughtUp = connection.giveUp(fates(undone))
    if (!lane.recovering) this.#start(lane, caughtUp)
  }

  /** For how many milliseconds the lane has been out of use, as far as was looked. Called from time to time. */
  age(lane: Lane, now: number): number {
    const recovering = this.#recovering.get(lane)
    if (!recovering) return 0
    recovering.since ??= now
    return now - recovering.since
  }

  /** Nobody is to wait for any lane any longer. */
  end(): void {
    for (const { settle } of this.#recovering.values()) settle()
  }

  /** Nobody is to wait for the lane any longer. */
  lose(lane: Lane): void {
    lane.lost = true
    // Those behind what was given up alone are to run elsewhere.
    if (!lane.emptied) this.giveUp(lane, abandonedRecord)
    this.#recovering.get(lane)?.settle()
    this.#observer.onLost(lane)
  }

  // A connection that can be ended is: its calls are lost with it, and the first of them is the one that had no end.
  #end(lane: Lane, undone: ErrorRecord): void {
    if (this.#livesInOne) return
    lane.emptied = true
    lane.overdue = fates(undone)(lane.role === 'reader' ? 'undone' : 'unknown')
    lane.connection?.kill?.()
  }

  #start(lane: Lane, caughtUp: Promise<Failure | null>): void {
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>()
    this.#recovering.set(lane, { settled, settle, since: null })
    lane.recovering = true
    this.#observer.onRecovering()
    void caughtUp.then((failure) => this.#onCaughtUp(lane, failure))
  }

  #onCaughtUp(lane: Lane, failure: Failure | null): void {
    const { settle } = this.#recovering.get(lane) as Recovering
    this.#recovering.delete(lane)
    if (failure) {
      // Whatever state it is in, it is of no use any more; where it was lost, the news of its end is on its way.
      void lane.connection?.close()
    } else {
      lane.recovering = false
      lane.emptied = false
      this.#observer.onRecovered(lane)
    }
    settle()
    this.#observer.onCaughtUp()
  }
}
