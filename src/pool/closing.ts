import type { Clock } from '../base/clock.ts'
import { Failure } from '../contract/failure.ts'
import { closedRecord } from './closed.ts'
import { checkCloseTimeout } from './deadlines.ts'
import { closedMeanwhile } from './given-up.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { LONGEST_TIMER } from './limit.ts'
import { ownOptions } from './options.ts'

/** How long what was given up may take to roll back before it is left behind, in milliseconds. */
const ROLLBACK = 500

/** Options of {@link ConnectionPool.close}. */
export interface CloseOptions {
  /** Milliseconds for which what runs may go on; 0 gives it up at once. Unless told, the pool's `closeTimeout`. */
  readonly timeout?: number | undefined
}

/** The time that the options give, or the other. */
export function closeTimeoutOf(options: CloseOptions, otherwise: number): number {
  const { timeout = otherwise } = ownOptions(options, ['timeout'], 'close')
  return checkCloseTimeout('timeout', timeout)
}

/**
 * The end of a pool: what waits is refused, what runs may go on for a while, then it is given up. Connections that are
 * still at a statement after that are ended where they can be, or left behind: they close when it ends.
 */
export class Closing {
  readonly closed: Promise<void>
  readonly #lanes: Lanes
  readonly #clock: Clock
  /** By when all must be done, by the clock. */
  #deadline = Number.POSITIVE_INFINITY
  #timer: unknown = null
  /** Whoever waits for the end has it: the clock's timers do not keep the process alive. */
  #held: NodeJS.Timeout | null = null
  #isOver = false
  readonly #late = Promise.withResolvers<void>()

  constructor(lanes: Lanes, clock: Clock, timeout: number) {
    this.#lanes = lanes
    this.#clock = clock
    lanes.refuse(closedRecord)
    const drained = lanes.drain(() => this.#isOver)
    this.within(timeout)
    this.closed = this.#close(drained).finally(() => clearInterval(this.#held ?? undefined))
  }

  /** Shortens the time that is left; it is never made longer. */
  within(timeout: number): void {
    const deadline = this.#clock.now() + timeout
    if (!(deadline < this.#deadline)) return
    this.#deadline = deadline
    this.#clock.clearTimer(this.#timer)
    if (timeout > LONGEST_TIMER) return
    this.#timer = this.#clock.setTimer(() => this.#late.resolve(), timeout)
    this.#held ??= setInterval(() => undefined, LONGEST_TIMER)
  }

  async #close(drained: Promise<void>): Promise<void> {
    await Promise.race([drained, this.#late.promise])
    this.#clock.clearTimer(this.#timer)
    if (this.#lanes.lanes.length > 0) await this.#giveUp(drained)
    this.#isOver = true
    this.#lanes.leave(new Failure(closedMeanwhile))
  }

  async #giveUp(drained: Promise<void>): Promise<void> {
    for (const lane of this.#lanes.lanes) this.#giveUpOn(lane)
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = this.#clock.setTimer(resolve, ROLLBACK)
    await Promise.race([drained, late])
    this.#clock.clearTimer(timer)
    const killed = this.#lanes.lanes.map(({ connection }) => {
      return connection?.kill?.() ? connection.closed : null
    })
    await Promise.all(killed)
  }

  #giveUpOn(lane: Lane): void {
    if (lane.tenure) lane.tenure.stop(new Failure(closedMeanwhile))
    else if (!lane.isQuiet) this.#lanes.recovery.giveUp(lane, closedMeanwhile)
  }
}
