import type { Clock } from '../../base/clock.ts'
import type { LaneObserver } from '../lane-life.ts'
import type { Lanes } from '../lanes.ts'
import type { Source } from '../source.ts'
import { Fleet, type HostNews } from './fleet.ts'
import { HostedConnect } from './hosted.ts'
import { Rounds } from './rounds.ts'
import { Writes } from './writes.ts'

/** What is to be known of the pool. */
export interface HostsSetting {
  readonly name: string
  readonly clock: Clock
  /** Milliseconds that a replica may be behind. */
  readonly maxStaleness: number
  readonly connectTimeout: number
}

/** Rounds are made a few times in the time that a replica may be behind, but no more often than this. */
const LOOKS = 4
const SHORTEST_ROUND = 50
const LONGEST_ROUND = 500
/** Milliseconds that a server has to say what it is. */
const ANSWER = 1000

/** Several servers that hold one database: one takes writes, the others may serve what only reads. */
export class Hosts {
  readonly connect: HostedConnect
  readonly writes: Writes
  readonly #fleet: Fleet
  readonly #rounds: Rounds
  readonly #setting: HostsSetting
  /** The connections to the one that takes writes, and those to the others. */
  #lanes: { readonly primary: Lanes; readonly replicas: Lanes } | null = null

  constructor({ driver, plan }: Source, setting: HostsSetting) {
    this.#setting = setting
    this.#fleet = new Fleet(plan.hosts ?? [], () => this.#onChange())
    this.connect = new HostedConnect(driver, this.#fleet, setting.clock)
    this.writes = new Writes(setting.clock)
    this.#rounds = new Rounds(this.connect, this.#fleet, {
      ...setting,
      options: plan.options,
      interval: Math.max(SHORTEST_ROUND, Math.min(LONGEST_ROUND, setting.maxStaleness / LOOKS)),
      within: Math.min(ANSWER, setting.connectTimeout),
      isWanted: () => this.#isUsed,
    })
  }

  get news(): readonly HostNews[] {
    return this.#fleet.news
  }

  /** Says which connections are kept to the servers. */
  keep(primary: Lanes, replicas: Lanes): void {
    this.#lanes = { primary, replicas }
  }

  /** By when all must have been committed that a replica has which serves somebody. */
  get horizon(): number {
    return this.#setting.clock.now() - this.#setting.maxStaleness
  }

  /** Whether replicas may serve the running code: each that might has what that has written. */
  mayRead(): boolean {
    this.#rounds.start()
    const usable = this.#setting.maxStaleness > 0 ? this.#fleet.replicas(this.horizon) : []
    const { last } = this.writes
    return usable.length > 0 && usable.every((host) => this.#fleet.freshAsOf(host) > last)
  }

  /** Who is told of connections: servers are asked as long as there are any. */
  get observer(): LaneObserver {
    const nothing = () => undefined
    return { onOpened: () => this.#rounds.start(), onOpenFailed: nothing, onGone: nothing }
  }

  stop(): Promise<void> {
    return this.#rounds.stop()
  }

  get #isUsed(): boolean {
    if (!this.#lanes) return false
    this.#dropStale()
    const { primary, replicas } = this.#lanes
    return primary.lanes.length > 0 || replicas.lanes.length > 0
  }

  // What leads to another server than it should is left, and opened anew when needed.
  #onChange(): void {
    const { primary } = this.#fleet
    if (this.#lanes && primary !== null) this.#leave(this.#lanes.primary, (host) => host !== primary)
    this.#dropStale()
  }

  #dropStale(): void {
    const usable = this.#fleet.replicas(this.horizon)
    if (this.#lanes) this.#leave(this.#lanes.replicas, (host) => !usable.includes(host))
  }

  #leave(lanes: Lanes, isWrong: (host: number) => boolean): void {
    for (const lane of lanes.lanes) {
      const host = this.connect.hostOf(lane.connection)
      if (host === undefined || !isWrong(host) || lane.leaving) continue
      // A server that does not answer would not close anything in good order either.
      const isSilent = lane.isQuiet && this.#fleet.isAway(host)
      if (!isSilent || !lane.connection?.kill?.()) void lanes.retire(lane)
    }
  }
}
