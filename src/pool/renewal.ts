import type { Clock } from '../base/clock.ts'
import type { Lane } from './lane.ts'

/** Connections are replaced together at most once in so many milliseconds. */
const REST = 5000

/** Whose connections are replaced. */
interface Renewed {
  readonly lanes: readonly Lane[]
  retire(lane: Lane): Promise<void>
}

/** Replaces all connections together when the server behind them is no longer what it was: when it only reads by now. */
export class Renewal {
  readonly #owner: Renewed
  readonly #clock: Clock
  #last = Number.NEGATIVE_INFINITY

  constructor(owner: Renewed, clock: Clock) {
    this.#owner = owner
    this.#clock = clock
  }

  /** Replaces them, unless that was done a moment ago: a server that only reads at all times is no reason to go on. */
  ask(): void {
    const now = this.#clock.now()
    if (now - this.#last < REST) return
    this.#last = now
    this.now()
  }

  /** Replaces them. Those that are in use are closed when they are given back. */
  now(): void {
    for (const lane of this.#owner.lanes) if (lane.connection && !lane.leaving) void this.#owner.retire(lane)
  }
}
