import type { Clock } from '../base/clock.ts'
import type { Admission } from './admission.ts'
import { Confidence } from './confidence.ts'
import type { Lane, Need } from './lane.ts'
import type { Statement } from './statement.ts'

/** How many statements that never ran may be tried together on one lane, if those before them were fast. */
const TRIED_TOGETHER = 16
/** Milliseconds without an answer after which nothing more is sent to a lane until one comes. */
const STALL = 5
/** With so many statements on a lane the time is noted, and looked at, only every eighth time. */
const MANY = 8

/** What the rules need to know of the lanes. */
export interface SpreadSetting {
  /** How many lanes there may be. */
  readonly most: number
  /** A lane is kept for fast statements if there may be more than one. */
  readonly keepsOne: boolean
  readonly clock: Clock
}

/**
 * Several lanes that are as good as each other: readers, or all connections to a server. Fast statements share lanes;
 * slow ones, and whoever needs a connection whole, have a lane each, and never the last one that fast ones can use.
 * Unless all others are leased: those end when their callers like, which may be after this one.
 */
export class SpreadAdmission implements Admission {
  lanes: readonly Lane[] = []
  readonly #setting: SpreadSetting
  readonly #confidence = new Confidence(TRIED_TOGETHER)
  #reserved: Lane | null = null
  #looks = 0

  constructor(setting: SpreadSetting) {
    this.#setting = setting
  }

  isQuick(need: Need): boolean {
    if (need === 'whole') return false
    return need.isFast || (!need.isKnown && this.#confidence.isHigh)
  }

  place(need: Need): Lane | null {
    if (need === 'whole') return this.#placeSlow(need)
    if (need.isFast) return this.#placeFast()
    return this.isQuick(need) ? this.#placeUnknown(need) : this.#placeSlow(need)
  }

  reserve(): void {
    const { alone } = this.#count()
    if (alone >= this.#limit(alone)) return this.release()
    if (this.#reserved?.isShared && this.lanes.includes(this.#reserved)) return
    this.release()
    let best: Lane | null = null
    for (const lane of this.lanes) if (lane.isShared && (!best || drainsSooner(lane, best))) best = lane
    this.#reserved = best
    if (best) best.reserved = true
  }

  release(): void {
    if (this.#reserved) this.#reserved.reserved = false
    this.#reserved = null
  }

  giveBack(lane: Lane, need: Need): boolean {
    if (need === 'whole') {
      lane.endLease()
      return false
    }
    // It was given up while nothing else ran there: nobody will tell how long it takes, but too long it was.
    if (lane.recovering && !lane.leaving && !lane.emptied && lane.inFlight === 1) need.learn(Number.POSITIVE_INFINITY)
    const alone = lane.isAlone
    lane.endStatement()
    const { inFlight } = lane
    if (inFlight > 0 && (inFlight < MANY || (lane.served & 7) === 0)) lane.movedAt = this.#setting.clock.now()
    if (lane.trials > 0 && lane.endTrial(need)) this.#learn(need)
    return alone && this.isQuick(need)
  }

  // The first lane that has room, so that few threads are kept busy rather than many half asleep.
  #placeFast(): Lane | null {
    let tried: Lane | null = null
    for (const lane of this.lanes) {
      if (!this.#isOpenTo(lane)) continue
      if (lane.trials === 0) return this.#share(lane)
      tried ??= lane
    }
    // What is on trial there may be slow: a new lane would be better, if there can be one.
    return tried && this.#unopened() === 0 ? this.#share(tried) : null
  }

  #placeUnknown(statement: Statement): Lane | null {
    let idle: Lane | null = null
    let tried: Lane | null = null
    let busy: Lane | null = null
    for (const lane of this.lanes) {
      if (!this.#isOpenTo(lane)) continue
      if (lane.inFlight === 0) idle ??= lane
      else if (lane.trials === 0) busy ??= lane
      else if (lane.trials < this.#confidence.together) tried ??= lane
    }
    const lane = idle ?? tried ?? busy
    if (!lane) return null
    lane.markTrial(statement)
    return this.#share(lane)
  }

  /** Places whoever gets a lane alone. Fast statements use the first lanes, so this uses the last. */
  #placeSlow(need: Need): Lane | null {
    const { alone, tried, free } = this.#count()
    const limit = this.#limit(alone)
    if (alone >= limit) return null
    const lane = this.#reserved?.isFree ? this.#reserved : alone + tried < limit ? free : null
    if (!lane) return null
    this.release()
    if (need === 'whole') lane.takeWhole()
    else {
      if (!need.isKnown) lane.markTrial(need)
      lane.takeAlone()
    }
    return lane
  }

  /** Lanes that somebody has alone, lanes on which something is on trial, and the last one that is free. */
  #count(): { alone: number; tried: number; free: Lane | null } {
    let alone = 0
    let tried = 0
    let free: Lane | null = null
    for (const lane of this.lanes) {
      if (!lane.connection) continue
      if (!lane.isShared) alone++
      else if (lane.trials > 0) tried++
      else if (lane.isFree) free = lane
    }
    return { alone, tried, free }
  }

  /** How many lanes slow callers may have at once. */
  #limit(alone: number): number {
    const { most, keepsOne } = this.#setting
    if (!keepsOne || most === 1) return most
    return alone === most - 1 && this.#leased() === alone ? most : most - 1
  }

  #leased(): number {
    let leased = 0
    for (const lane of this.lanes) if (lane.isLeased) leased++
    return leased
  }

  #unopened(): number {
    let open = 0
    for (const lane of this.lanes) if (lane.connection) open++
    return this.#setting.most - open
  }

  #share(lane: Lane): Lane {
    if (lane.inFlight === 0) lane.movedAt = this.#setting.clock.now()
    lane.share()
    return lane
  }

  #isOpenTo(lane: Lane): boolean {
    return lane.hasRoom && !this.#isStalled(lane)
  }

  #isStalled(lane: Lane): boolean {
    if (lane.inFlight === 0) return false
    if (lane.inFlight < MANY || (++this.#looks & 7) === 0) {
      lane.stalled = this.#setting.clock.now() - lane.movedAt > STALL
    }
    return lane.stalled
  }

  #learn(statement: Statement): void {
    if (statement.isKnown) this.#confidence.learn(statement.isSlow)
  }
}

function drainsSooner(lane: Lane, other: Lane): boolean {
  // One with something on trial is of less use to fast statements.
  if (lane.trials > 0 !== other.trials > 0) return lane.trials > 0
  return lane.inFlight < other.inFlight
}
