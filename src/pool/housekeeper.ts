import type { Clock, Timer } from '../base/clock.ts'
import type { Connection } from '../contract/connection.ts'
import type { ConnectPlan } from '../contract/driver.ts'
import type { ErrorRecord, Failure } from '../contract/failure.ts'
import type { Probe } from './doubts.ts'
import type { Lane } from './lane.ts'
import type { LaneObserver } from './lane-life.ts'
import type { Lanes } from './lanes.ts'
import type { CheckedLifeOptions } from './life-options.ts'

/** What the housekeeper goes by. */
export interface HouseSetting extends Pick<CheckedLifeOptions, 'idleTimeout' | 'maxLifetime' | 'validateAfterIdle'> {
  /** So many connections stay open, however idle. */
  readonly min: number
  readonly clock: Clock
  readonly probe: Probe
  readonly plan: Pick<ConnectPlan, 'transient' | 'identity' | 'label'>
  /** Does what else is to be done from time to time. */
  readonly round?: () => void
  /** Gives numbers from 0 up to, but not including, 1. */
  readonly random?: () => number
}

/** What is remembered of a lane between two rounds. */
interface Watch {
  uses: number
  /** Since when it was seen unused: no use of it is told, so that uses cost nothing. */
  idleSince: number
  readonly expires: number
}

/** Rounds are made a few times in the shortest time that matters, and every few seconds at least. */
const ROUNDS = 4
const SHORTEST_ROUND = 10
const LONGEST_ROUND = 5000
/** Connections reach 90 to 100 % of the greatest age, so that not all are replaced at once. */
const JITTER = 0.1
/** The longest time that a timer of the platform can be set to. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Decides when connections are closed because nobody uses them, replaced because they are old, and asked whether they
 * live because they rested; and notices when the database is no longer the one that was opened. It makes its rounds as
 * long as there is something to watch; a pool that nobody uses has no timer.
 */
export class Housekeeper implements LaneObserver {
  readonly #setting: HouseSetting
  readonly #random: () => number
  readonly #watched = new Map<Lane, Watch>()
  readonly #round: number
  #lanes: Lanes | null = null
  #timer: Timer = null
  #armed = false
  #identity: string | null = null

  constructor(setting: HouseSetting) {
    this.#setting = setting
    this.#random = setting.random ?? Math.random
    const shortest = Math.min(setting.idleTimeout, setting.validateAfterIdle, setting.maxLifetime) / ROUNDS
    this.#round = Math.max(SHORTEST_ROUND, Math.min(LONGEST_ROUND, shortest))
  }

  /** Says whose lanes are to be kept in order. */
  keep(lanes: Lanes): void {
    this.#lanes = lanes
  }

  onOpened(lane: Lane): void {
    const { clock, maxLifetime, plan } = this.#setting
    // A database that lives in its one connection would be gone with it.
    if (plan.transient) return
    const now = clock.now()
    const expires = now + maxLifetime * (1 - JITTER * this.#random())
    this.#watched.set(lane, { uses: lane.uses, idleSince: now, expires })
    void this.#identify()
    this.#arm(this.#nextRound(now))
  }

  onGone(lane: Lane): void {
    this.#watched.delete(lane)
    if (this.#watched.size > 0) return
    this.#disarm()
    this.#identity = null
  }

  onOpenFailed(): void {
    // When to try again is none of its business.
  }

  /** Asks a connection that rested whether it lives; null when it does. Whoever rested is watched from now on. */
  async probe(connection: Connection): Promise<Failure | null> {
    this.#arm(this.#round)
    await this.#compare()
    return await this.#setting.probe(connection)
  }

  #arm(delay: number): void {
    if (this.#armed || delay === Number.POSITIVE_INFINITY) return
    this.#armed = true
    this.#timer = this.#setting.clock.setTimer(() => {
      this.#armed = false
      this.#makeRound()
    }, delay)
  }

  #disarm(): void {
    if (!this.#armed) return
    this.#armed = false
    this.#setting.clock.clearTimer(this.#timer)
  }

  #makeRound(): void {
    const now = this.#setting.clock.now()
    for (const [lane, watch] of this.#watched) if (!lane.leaving) this.#look(lane, watch, now)
    this.#closeIdle(now)
    void this.#compare()
    this.#setting.round?.()
    this.#arm(this.#nextRound(now))
  }

  #look(lane: Lane, watch: Watch, now: number): void {
    if (now >= watch.expires) void this.#lanes?.retire(lane)
    else if (lane.uses !== watch.uses || lane.state !== 'idle') {
      watch.uses = lane.uses
      watch.idleSince = now
    } else if (now - watch.idleSince >= this.#setting.validateAfterIdle) this.#lanes?.doubt(lane)
  }

  #closeIdle(now: number): void {
    const { idleTimeout, min } = this.#setting
    let left = this.#staying
    for (const [lane, watch] of [...this.#watched].reverse()) {
      if (left <= min) return
      if (lane.leaving || lane.state !== 'idle' || now - watch.idleSince < idleTimeout) continue
      // What the last connection to a SQLite file leaves behind, only a writer can clear away.
      if (lane.role === 'writer' && this.#watched.size > 1) continue
      left--
      void this.#lanes?.retire(lane)
    }
  }

  get #staying(): number {
    let staying = 0
    for (const lane of this.#watched.keys()) if (!lane.leaving) staying++
    return staying
  }

  /** Milliseconds to the next round: none is needed once all that remain rest, until they are asked or grow too old. */
  #nextRound(now: number): number {
    const { idleTimeout, validateAfterIdle, min } = this.#setting
    let next = Number.POSITIVE_INFINITY
    let watches = this.#staying > min && idleTimeout !== Number.POSITIVE_INFINITY
    for (const [lane, { expires }] of this.#watched) {
      if (lane.leaving) continue
      next = Math.min(next, expires - now)
      watches ||= !lane.doubtful && validateAfterIdle !== Number.POSITIVE_INFINITY
    }
    if (watches) return Math.min(this.#round, next)
    return next === Number.POSITIVE_INFINITY ? next : Math.min(LONGEST_TIMER, next)
  }

  async #identify(): Promise<void> {
    this.#identity ??= (await this.#currentIdentity()) ?? null
  }

  async #compare(): Promise<void> {
    if (this.#identity === null) return
    const current = await this.#currentIdentity()
    if (current === undefined || this.#identity === null || current === this.#identity) return
    this.#identity = null
    this.#lanes?.refuse(replacedRecord(this.#setting.plan.label))
  }

  /** What the database is now; null when it is gone, undefined when nobody can tell. */
  async #currentIdentity(): Promise<string | null | undefined> {
    if (this.#setting.validateAfterIdle === Number.POSITIVE_INFINITY) return undefined
    return await this.#setting.plan.identity?.()
  }
}

function replacedRecord(label: string): ErrorRecord {
  return {
    type: 'OperationalError',
    message:
      `the database ${label} was replaced or removed while it was open: what is written now would be lost. Close the ` +
      'pool; after start() it uses what is there then',
    code: 'DATABASE_REPLACED',
    kind: 'io',
  }
}
