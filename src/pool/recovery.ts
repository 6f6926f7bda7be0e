import type { ErrorRecord, Failure } from '../contract/failure.ts'
import { abandonedRecord, fates } from './given-up.ts'
import type { Lane } from './lane.ts'

/** Who is asked and told what becomes of lanes that are out of use. */
export interface RecoveryObserver {
  /** A lane has to be looked after until it has caught up. */
  onRecovering(): void
  /** Whether another lane could do what this one does. */
  isReplaceable(lane: Lane): boolean
  /** There is one place more, since a lane is out. */
  onOut(): void
  /** A lane has caught up, and can be used again. */
  onRecovered(lane: Lane): void
  /** A lane is no longer looked after, whatever became of it. */
  onCaughtUp(): void
}

/** How long a connection may take to catch up before it is lost, in milliseconds; and one that is told to stop a call. */
const PATIENCE = 1000
const STOPPING = 200

/** What is to be known of the lanes. */
export interface RecoverySetting {
  /** How many lanes may be out at once. */
  readonly max: number
  /** The database is gone with its connection, which must not be ended. */
  readonly livesInOne: boolean
}

interface Recovering {
  /** Resolves when the lane has caught up, or is lost, or gone. */
  readonly settled: Promise<void>
  readonly settle: () => void
  since: number | null
  /** What it has to catch up with: where all on it is given up later, that and not what it was before. */
  caughtUp: Promise<Failure | null>
  /** What the call fails with that is being stopped, should the connection be ended over it. */
  stopping: ErrorRecord | null
}

/** Lanes that are out of use until their connections have caught up with what was given up on them. */
export class Recovery {
  readonly #setting: RecoverySetting
  readonly #observer: RecoveryObserver
  readonly #recovering = new Map<Lane, Recovering>()

  constructor(setting: RecoverySetting, observer: RecoveryObserver) {
    this.#setting = setting
    this.#observer = observer
  }

  /** Whether any lane is out of use. */
  get isBusy(): boolean {
    return this.#recovering.size > 0
  }

  /** Whether the lane is out of use until it has caught up. */
  has(lane: Lane): boolean {
    return this.#recovering.has(lane)
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
    if (this.has(lane) || !lane.connection) return
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
    this.#start(lane, connection.giveUp(fates(undone)))
  }

  /**
   * Stops the call that a lane's connection has at work, which fails with this record; those behind it go on. Where one call
   * cannot be stopped alone, or that takes too long, all are given up.
   */
  stop(lane: Lane, undone: ErrorRecord, now: number): void {
    const { connection } = lane
    if (!connection?.interrupt) return this.giveUp(lane, undone)
    this.#start(lane, connection.interrupt(fates(undone)('undone')), undone)
    const recovering = this.#recovering.get(lane)
    if (recovering) recovering.since = now
  }

  /** Takes a lane out of the hands of whoever has it: what runs there is given up, what is open there is undone. */
  leave(lane: Lane, undone: ErrorRecord): void {
    if ((lane.connection?.progress?.pending ?? lane.inFlight) > 0) this.giveUp(lane, undone)
    else this.recover(lane)
  }

  /** Whether the lane has taken too long to catch up, as far as was looked. Called from time to time. */
  isLate(lane: Lane, now: number): boolean {
    const recovering = this.#recovering.get(lane)
    if (!recovering) return false
    recovering.since ??= now
    return now - recovering.since >= (recovering.stopping ? STOPPING : PATIENCE)
  }

  /** Nobody is to wait for any lane any longer. */
  end(): void {
    for (const { settle } of this.#recovering.values()) settle()
  }

  /** Nobody is to wait for the lane any longer. */
  lose(lane: Lane): void {
    lane.lost = true
    // Those behind what was given up alone are to run elsewhere.
    if (!lane.emptied) this.giveUp(lane, this.#recovering.get(lane)?.stopping ?? abandonedRecord)
    this.#recovering.get(lane)?.settle()
    if (this.#putOut(lane)) this.#observer.onOut()
  }

  // No more are out than there may be; each of them has a thread that still runs.
  #putOut(lane: Lane): boolean {
    const out = [...this.#recovering.keys()].filter(({ isOut }) => isOut).length
    if (out >= this.#setting.max || !this.#observer.isReplaceable(lane)) return false
    lane.isOut = true
    return true
  }

  // A connection that can be ended is: its calls are lost with it, and the first of them is the one that had no end.
  #end(lane: Lane, undone: ErrorRecord): void {
    if (this.#setting.livesInOne) return
    lane.emptied = true
    const fate = fates(undone)
    lane.overdue = fate
    const session = lane.tenure?.session
    // A transaction ends with its connection.
    if (session) {
      session.story.endedOver ??= fate(session.inTransaction || lane.role === 'reader' ? 'undone' : 'unknown')
    }
    lane.connection?.kill?.()
  }

  #start(lane: Lane, caughtUp: Promise<Failure | null>, stopping: ErrorRecord | null = null): void {
    const known = this.#recovering.get(lane)
    if (known?.caughtUp === caughtUp) return
    void caughtUp.then((failure) => this.#onCaughtUp(lane, caughtUp, failure))
    if (known) {
      known.caughtUp = caughtUp
      known.stopping = stopping
      return
    }
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>()
    this.#recovering.set(lane, { settled, settle, since: null, caughtUp, stopping })
    lane.recovering = true
    this.#observer.onRecovering()
  }

  #onCaughtUp(lane: Lane, caughtUp: Promise<Failure | null>, failure: Failure | null): void {
    const recovering = this.#recovering.get(lane)
    if (recovering?.caughtUp !== caughtUp) return
    this.#recovering.delete(lane)
    if (failure && recovering.stopping && lane.connection) {
      this.giveUp(lane, recovering.stopping)
    } else if (failure) {
      // Whatever state it is in, it is of no use any more; where it was lost, the news of its end is on its way.
      void lane.connection?.close()
    } else {
      lane.recovering = lane.leaving
      lane.emptied = false
      lane.lost = false
      this.#replaceAnother()
      this.#observer.onRecovered(lane)
    }
    recovering.settle()
    this.#observer.onCaughtUp()
  }

  // There is room for one more that is out: this lane serves in its place.
  #replaceAnother(): void {
    for (const lane of this.#recovering.keys()) if (lane.lost && !lane.isOut && this.#putOut(lane)) return
  }
}
