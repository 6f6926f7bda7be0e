import type { Role } from '../contract/statement.ts'
import type { HolderStats } from './holder-stats.ts'
import type { HostNews } from './hosts/fleet.ts'
import type { Lane } from './lane.ts'
import type { LaneCounts } from './lane-life.ts'
import type { Lanes } from './lanes.ts'
import type { PoolState } from './pool-life.ts'
import type { Waiting } from './waiting.ts'

/** One connection at the moment of asking. */
export interface LaneStats {
  readonly id: number
  readonly role: Role
  readonly state: Lane['state']
  /** Statements that were sent and not yet answered. */
  readonly inFlight: number
  /** Single statements answered so far. */
  readonly served: number
  /** Who has it whole; null when nobody does. */
  readonly holder: HolderStats | null
}

/** One of several servers at the moment of asking. */
export interface HostStats {
  readonly name: string
  readonly role: HostNews['role']
  /** Milliseconds that it may be behind the server that takes writes; Infinity where nobody knows. */
  readonly staleness: number
}

/** A pool at the moment of asking. Frozen: it never changes. */
export interface PoolStats extends Readonly<LaneCounts> {
  readonly name: string
  readonly driver: string
  /** The database, without any secret. */
  readonly database: string
  readonly state: PoolState
  readonly min: number
  readonly max: number
  /** Bytes of the write-ahead log as last seen, some seconds ago at most while the pool is used; null where it is not known. */
  readonly walSize: number | null
  /** The servers that hold the database, where there are several; null where there is one. */
  readonly hosts: readonly HostStats[] | null
  readonly lanes: readonly LaneStats[]
  /** Callers who wait for a connection. */
  readonly waiting: number
  /** The same by what they wait for. */
  readonly waitingFor: Waiting
}

type LanesStats = Pick<PoolStats, 'lanes' | 'waiting' | 'waitingFor' | keyof LaneCounts>

/** The lanes of a pool, which may be in several places. */
export function lanesStats(places: readonly Lanes[], now: number): LanesStats {
  const entries = places.flatMap(({ lanes }) => lanes).map((lane) => laneStats(lane, now))
  const waitingFor = summed(places.map(({ waiting }) => waiting))
  const waiting = waitingFor.fast + waitingFor.slow + waitingFor.writer
  return { lanes: Object.freeze(entries), waiting, waitingFor, ...summed(places.map(({ counts }) => counts)) }
}

function laneStats({ id, role, state, inFlight, served, holder }: Lane, now: number): LaneStats {
  return Object.freeze({ id, role, state, inFlight, served, holder: holder && Object.freeze(holder.stats(now)) })
}

function summed<T extends object>(counts: readonly T[]): Readonly<T> {
  const sum = { ...counts[0] } as Record<string, number>
  for (const more of counts.slice(1)) {
    for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count
  }
  return Object.freeze(sum) as Readonly<T>
}

/** The servers as the pool knows them. */
export function hostsStats(news: readonly HostNews[], now: number): readonly HostStats[] {
  return Object.freeze(
    news.map(({ name, role, freshAsOf }) => Object.freeze({ name, role, staleness: now - freshAsOf })),
  )
}
