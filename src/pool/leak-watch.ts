import type { Clock } from '../base/clock.ts'
import type { Holder } from './holder.ts'
import { describeHolder } from './holder-stats.ts'
import type { Lane } from './lane.ts'
import type { Telling } from './telling.ts'

/**
 * Reports connections that are lent for too long. It sets one timer however many are lent, and none while none is: each
 * tick looks at all, and sets the next for the one that is lent longest.
 */
export class LeakWatch {
  readonly #telling: Telling
  readonly #clock: Clock
  readonly #lanes: () => readonly Lane[]
  #armed = false

  constructor(telling: Telling, clock: Clock, lanes: () => readonly Lane[]) {
    this.#telling = telling
    this.#clock = clock
    this.#lanes = lanes
  }

  /** Notes who has a lane whole, until the lane is given back. */
  lend(lane: Lane, holder: Holder): void {
    holder.since = this.#clock.now()
    holder.lane = lane.id
    lane.holder = holder
    if (!this.#armed) this.#arm(this.#telling.leakWarning)
  }

  #arm(milliseconds: number): void {
    if (milliseconds > LONGEST_TIMER) return
    this.#armed = true
    this.#clock.setTimer(this.#look, milliseconds)
  }

  readonly #look = (): void => {
    this.#armed = false
    const { leakWarning } = this.#telling
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes()) {
      const { holder } = lane
      if (!holder || holder.reported) continue
      const left = holder.since + leakWarning - now
      if (left > 0) next = Math.min(next, left)
      else this.#report(lane, holder, now)
    }
    if (next <= leakWarning) this.#arm(next)
  }

  #report({ id, role }: Lane, holder: Holder, now: number): void {
    holder.reported = true
    const stats = holder.stats(now)
    this.#telling.leak({ lane: id, role, ...stats }, `connection ${id} is lent to ${describeHolder(stats)}`)
  }
}

/** The longest time that a timer of the platform can be set to, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1
