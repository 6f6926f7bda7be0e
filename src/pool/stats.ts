import type { Role } from '../contract/statement.ts'
import type { HolderStats } from './holder-stats.ts'
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
  readonly lanes: readonly LaneStats[]
  /** Callers who wait for a connection. */
  readonly waiting: number
  /** The same by what they wait for. */
  readonly waitingFor: Waiting
}

export function lanesStats(
  lanes: Lanes,
  now: number,
): Pick<PoolStats, 'lanes' | 'waiting' | 'waitingFor' | keyof LaneCounts> {
  const entries = lanes.lanes.map(({ id, role, state, inFlight, served, holder }) =>
    Object.freeze({ id, role, state, inFlight, served, holder: holder && Object.freeze(holder.stats(now)) }),
  )
  const waitingFor = Object.freeze(lanes.waiting)
  const waiting = waitingFor.fast + waitingFor.slow + waitingFor.writer
  return { lanes: Object.freeze(entries), waiting, waitingFor, ...lanes.counts }
}
