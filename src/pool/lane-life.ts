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
export type Connect = (role: Role, id: number, after: After) => Promise<Connection>

/** Who is told what becomes of lanes. */
export interface LaneObserver {
  /** There are other lanes than before. */
  onLanes(lanes: readonly Lane[]): void
  onOpened(lane: Lane): void
  onOpenFailed(lane: Lane, error: unknown): void
  onGone(lane: Lane): void
}

/** Counts since the pool was made. */
export interface LaneCounts {
  opened: number
  closed: number
  lost: number
}

/** How lanes come and go. Which there should be, and who is on them, is for others to say. */
export class LaneLife {
  readonly #connect: Connect
  readonly #observer: LaneObserver
  readonly #counts: LaneCounts = { opened: 0, closed: 0, lost: 0 }
  readonly #opening = new Map<Lane, Promise<void>>()
  /** Lanes that are to be closed once nobody is on them, and whom to tell. */
  readonly #drained = new Map<Lane, () => void>()
  #lanes: readonly Lane[] = []
  #nextId = 1

  constructor(connect: Connect, observer: LaneObserver) {
    this.#connect = connect
    this.#observer = observer
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
        this.#opening.delete(lane)
        this.#observer.onOpened(lane)
      },
      (error) => {
        this.#opening.delete(lane)
        this.#forget(lane)
        this.#observer.onOpenFailed(lane, error)
      },
    )
  }

  /** Closes a lane once nobody is on it any more. */
  async retire(lane: Lane): Promise<void> {
    if (lane.connection && lane.state !== 'idle') {
      await new Promise<void>((resolve) => this.#drained.set(lane, resolve))
      this.#drained.delete(lane)
    }
    await lane.connection?.close()
  }

  /** Called when somebody has left a lane. */
  onLeft(lane: Lane): void {
    if (this.#drained.size > 0 && lane.state === 'idle') this.#drained.get(lane)?.()
  }

  async #openLane(lane: Lane, after: After): Promise<void> {
    const connection = await this.#connect(lane.role, lane.id, after)
    lane.connection = connection
    this.#counts.opened++
    void connection.closed.then((failure) => this.#onGone(lane, failure))
  }

  #onGone(lane: Lane, failure: Failure | null): void {
    lane.connection = null
    this.#forget(lane)
    this.#drained.get(lane)?.()
    if (failure) this.#counts.lost++
    else this.#counts.closed++
    this.#observer.onGone(lane)
  }

  #forget(lane: Lane): void {
    this.#setLanes(this.#lanes.filter((other) => other !== lane))
  }

  #setLanes(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    this.#observer.onLanes(lanes)
  }
}
