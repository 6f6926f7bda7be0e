import type { Clock, Timer } from '../base/clock.ts'
import type { Progress } from '../contract/connection.ts'
import { Failure } from '../contract/failure.ts'
import { acquireTimeoutError, type LaneHold } from './acquire-timeout.ts'
import type { Deadlines } from './deadlines.ts'
import { interactionTimeout, statementTimeout } from './given-up.ts'
import type { Lane } from './lane.ts'
import type { Openings } from './openings.ts'
import type { Recovery } from './recovery.ts'
import type { Waiters } from './waiters.ts'

/** Milliseconds between two looks, at most and at least; shorter deadlines are looked at more often. */
const LONGEST_INTERVAL = 100
const SHORTEST_INTERVAL = 10
const LOOKS_PER_DEADLINE = 4
/** A look that comes later than this many milliseconds was kept from coming: nobody is to pay for that time. */
const LATE = 250

/** What a watch looks at. */
export interface Watched {
  readonly lanes: readonly Lane[]
  readonly openings: Pick<Openings, 'failure'>
  readonly waiters: readonly Waiters[]
  readonly recovery: Recovery
}

/** What was seen of a lane. */
interface Seen {
  state: Lane['state']
  stateSince: number
  answered: number
  answeredSince: number
  /** Nothing was asked of it: what is asked by the next look was asked after this one. */
  rested: boolean
}

/**
 * Looks after a pool's deadlines, from time to time while anybody waits or anything runs, so that no call needs a timer of
 * its own. It has a time of its own, in which the loop is never late: where the loop was blocked or the machine asleep, that
 * time stands still, and what came meanwhile is served before anybody is given up.
 */
export class Watch {
  /** Whether {@link start} is to be called by whoever waits or begins something. */
  asleep: boolean
  readonly #clock: Clock
  readonly deadlines: Deadlines
  readonly #watched: Watched
  readonly #interval: number
  readonly #isNeeded: boolean
  readonly #seen = new Map<Lane, Seen>()
  #timer: Timer | null = null
  #due = 0
  /** Milliseconds that count for nobody. */
  #missed = 0

  constructor(clock: Clock, deadlines: Deadlines, watched: Watched) {
    this.#clock = clock
    this.deadlines = deadlines
    this.#watched = watched
    const { acquireTimeout, statementTimeout, interactionTimeout } = deadlines
    const shortest = Math.min(acquireTimeout, statementTimeout, interactionTimeout)
    this.#isNeeded = shortest < Number.POSITIVE_INFINITY
    this.#interval = Math.max(SHORTEST_INTERVAL, Math.min(LONGEST_INTERVAL, shortest / LOOKS_PER_DEADLINE))
    this.asleep = this.#isNeeded
  }

  /** The time by which deadlines are measured, in milliseconds. */
  get now(): number {
    const now = this.#clock.now()
    return now - this.#missed - this.#late(now)
  }

  /** Looks from time to time, until nothing is left to look after. */
  start(): void {
    this.asleep = false
    if (this.#timer === null) this.#setTimer()
  }

  /** Where no deadline is set, it looks only while a connection has to catch up. */
  onCaughtUp(): void {
    if (!this.#isNeeded && !this.#watched.recovery.isBusy) this.stop()
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer)
    this.#rest()
  }

  #setTimer(): void {
    this.#due = this.#clock.now() + this.#interval
    this.#timer = this.#clock.setTimer(this.#look, this.#interval)
  }

  #rest(): void {
    this.#timer = null
    this.asleep = this.#isNeeded
    this.#seen.clear()
  }

  readonly #look = (): void => {
    this.#missed += this.#late(this.#clock.now())
    this.#timer = null
    const { now } = this
    let busy = false
    for (const lane of this.#watched.lanes) busy = this.#lookAt(lane, now) || busy
    for (const waiters of this.#watched.waiters) this.#lookAtWaiting(waiters, now)
    if (busy || this.#waiting > 0) this.#setTimer()
    else this.#rest()
  }

  // Whoever comes before a look that is late must not be thought to have come after it.
  #late(now: number): number {
    const late = this.#timer === null ? 0 : now - this.#due
    return late > LATE ? late : 0
  }

  get #waiting(): number {
    return this.#watched.waiters.reduce((sum, { size }) => sum + size, 0)
  }

  #lookAtWaiting(waiters: Waiters, now: number): void {
    const { acquireTimeout: timeout } = this.deadlines
    let failure: Failure | null = null
    waiters.expire(now - timeout, () => {
      failure ??= acquireTimeoutError({
        timeout,
        waiting: this.#waiting + 1,
        holds: this.#holds(now),
        opening: this.#watched.openings.failure,
      })
      return failure
    })
  }

  #holds(now: number): LaneHold[] {
    return this.#watched.lanes.map((lane) => ({
      lane,
      since: now - this.#see(lane, now).stateSince,
      now: this.#clock.now(),
    }))
  }

  /** Looks at a lane; true as long as it has to be looked after. */
  #lookAt(lane: Lane, now: number): boolean {
    const { connection, tenure } = lane
    const seen = this.#see(lane, now)
    if (!connection) return false
    const { pending, answered }: Progress = connection.progress ?? { pending: lane.inFlight, answered: lane.served }
    if (seen.rested || pending === 0 || answered !== seen.answered) seen.answeredSince = now
    seen.answered = answered
    seen.rested = pending === 0
    if (this.#watched.recovery.has(lane)) this.#lookAtRecovery(lane, now)
    else if (isInUse(lane) && now - seen.answeredSince >= this.deadlines.statementTimeout) this.#giveUp(lane, now)
    if (tenure && tenure.age(now, pending > 0) >= this.deadlines.interactionTimeout) {
      tenure.stop(new Failure(interactionTimeout(this.deadlines.interactionTimeout, tenure.kind === 'progress')))
    }
    return pending > 0 || lane.state !== 'idle'
  }

  #giveUp(lane: Lane, now: number): void {
    const { recovery } = this.#watched
    recovery.stop(lane, statementTimeout(this.deadlines.statementTimeout, lane.connection), now)
  }

  #lookAtRecovery(lane: Lane, now: number): void {
    const { recovery } = this.#watched
    if (!lane.lost && recovery.isLate(lane, now)) recovery.lose(lane)
  }

  #see(lane: Lane, now: number): Seen {
    const { state } = lane
    let seen = this.#seen.get(lane)
    if (!seen) {
      seen = { state, stateSince: now, answered: -1, answeredSince: now, rested: false }
      this.#seen.set(lane, seen)
    }
    if (seen.state !== state) {
      seen.state = state
      seen.stateSince = now
    }
    return seen
  }
}

// One that must answer a probe has the probe's deadline; one that is to be closed when it is free still serves.
function isInUse({ recovering, leaving }: Lane): boolean {
  return !recovering || leaving
}
