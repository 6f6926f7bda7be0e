import type { Connection } from '../contract/connection.ts'
import type { Failure } from '../contract/failure.ts'
import type { Role } from '../contract/statement.ts'
import { Lane } from './lane.ts'

/**
 * What a connection waits for: nothing; what is under way; or, only if the database is not ready for it, what the
 * function begins.
 */
export type After = Promise<unknown> | (() => Promise<unknown> | null) | null

/** Opens a connection. */
export type Connect<A = After> = (role: Role, id: number, after: A) => Promise<Connection>

/** Who is told what becomes of lanes. */
export interface LaneObserver {
  onOpened(lane: Lane): void
  onOpenFailed(lane: Lane, error: unknown): void
  /** A lane is gone: lost for this reason or, without one, closed. */
  onGone(lane: Lane, failure: Failure | null): void
  /** A lane that is gone was not closed as it should have been. */
  onCloseFailed?(lane: Lane, failure: Failure): void
}

/** Who keeps the lanes: told as well of each that there is from now on or no longer is, open or not. */
export interface LaneOwner extends LaneObserver {
  onCloseFailed(lane: Lane, failure: Failure): void
  onLanes(lanes: readonly Lane[]): void
}

/** Connections since the pool was made. */
export interface LaneCounts {
  opened: number
  /** Closed because the pool wanted it. */
  closed: number
  /** Lost for whatever other reason. */
  lost: number
  /** Attempts to open one that failed. */
  failedOpenings: number
}

/** How lanes come and go. Which there should be, and who is on them, is for others to say. */
export class LaneLife {
  readonly #connect: Connect
  readonly #owner: LaneOwner
  readonly #counts: LaneCounts = { opened: 0, closed: 0, lost: 0, failedOpenings: 0 }
  readonly #opening = new Map<Lane, Promise<void>>()
  /** Lanes that are to be closed once nobody is on them, and all who wait for that. */
  readonly #drained = new Map<Lane, PromiseWithResolvers<void>>()
  #lanes: readonly Lane[] = []
  #nextId: number

  constructor(connect: Connect, owner: LaneOwner, firstId: number = 1) {
    this.#nextId = firstId
    this.#connect = connect
    this.#owner = owner
  }

  get lanes(): readonly Lane[] {
    return this.#lanes
  }

  get counts(): Readonly<LaneCounts> {
    return this.#counts
  }

  isOpening(lane: Lane): boolean {
    return this.#opening.has(lane)
  }

  /** The opening of a lane of this role that is under way, or null. */
  openingOf(role: Role): Promise<void> | null {
    for (const [lane, opened] of this.#opening) if (lane.role === role) return opened
    return null
  }

  /** All openings that are under way. */
  get openings(): Promise<void>[] {
    return [...this.#opening.values()]
  }

  /** Opens one more lane. */
  open(role: Role, after: After): void {
    const lane = new Lane(this.#nextId++, role)
    this.#setLanes([...this.#lanes, lane])
    const opened = this.#openLane(lane, after)
    this.#opening.set(lane, opened)
    opened.then(
      () => {
        if (this.#opening.delete(lane)) this.#owner.onOpened(lane)
        else void lane.connection?.close()
      },
      (error) => {
        this.#counts.failedOpenings++
        if (!this.#opening.delete(lane)) return
        this.#forget(lane)
        this.#owner.onOpenFailed(lane, error)
      },
    )
  }

  /** Closes a lane once nobody is on it any more; meanwhile nobody new comes on. */
  async retire(lane: Lane): Promise<void> {
    if (lane.connection && !lane.isQuiet) await this.#untilDrained(lane)
    lane.leave()
    await lane.connection?.close()
  }

  /**
   * Gives a lane up at once, whatever its connection still does: as far as anybody can tell it is lost. One that is not
   * open yet is closed should it ever be.
   */
  drop(lane: Lane, failure: Failure): void {
    if (this.#opening.delete(lane)) this.#forget(lane)
    void lane.connection?.close()
    this.#onGone(lane, failure)
  }

  /** Called when somebody has left a lane. */
  onLeft(lane: Lane): void {
    if (this.#drained.size > 0 && lane.isQuiet) this.#endDrain(lane)
  }

  #untilDrained(lane: Lane): Promise<void> {
    const drained = this.#drained.get(lane) ?? Promise.withResolvers<void>()
    this.#drained.set(lane, drained)
    return drained.promise
  }

  #endDrain(lane: Lane): void {
    this.#drained.get(lane)?.resolve()
    this.#drained.delete(lane)
  }

  async #openLane(lane: Lane, after: After): Promise<void> {
    const connection = await this.#connect(lane.role, lane.id, after)
    lane.connection = connection
    this.#counts.opened++
    void connection.closed.then((failure) => this.#onGone(lane, failure))
  }

  #onGone(lane: Lane, failure: Failure | null): void {
    const { connection } = lane
    if (!connection) return
    lane.connection = null
    this.#forget(lane)
    this.#endDrain(lane)
    if (failure) this.#counts.lost++
    else this.#counts.closed++
    this.#owner.onGone(lane, failure)
    if (!failure) void this.#tellIfFailed(lane, connection)
  }

  // Whoever asked for it, the answer is one and the same. None of them could do anything about it.
  async #tellIfFailed(lane: Lane, connection: Connection): Promise<void> {
    const failure = await connection.close()
    // What was lost on the way was given up, and told as what it was.
    if (failure && failure.record.kind !== 'connectionLost') this.#owner.onCloseFailed(lane, failure)
  }

  #forget(lane: Lane): void {
    this.#setLanes(this.#lanes.filter((other) => other !== lane))
  }

  #setLanes(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    this.#owner.onLanes(lanes)
  }
}
