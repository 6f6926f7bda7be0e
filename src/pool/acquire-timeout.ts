import { causeRecord, type ErrorRecord, Failure } from '../contract/failure.ts'
import { describeHolder } from './holder-stats.ts'
import type { Lane } from './lane.ts'

/** A lane, for how many milliseconds it has been what it is, and what the clock says now. */
export interface LaneHold {
  readonly lane: Lane
  readonly since: number
  readonly now: number
}

/** What is known when a call has waited too long for a connection. */
export interface AcquireTimeout {
  readonly timeout: number
  /** How many waited, those included whose time is up. */
  readonly waiting: number
  readonly holds: readonly LaneHold[]
  /** Why the last connection could not be opened, where it could not. */
  readonly opening: Failure | null
}

/** What calls fail with that have waited too long for a connection: it names who has the connections. */
export function acquireTimeoutError({ timeout, waiting, holds, opening }: AcquireTimeout): Failure {
  const lanes = holds.length === 0 ? 'there is none' : holds.map(holdText).join('; ')
  const why = opening ? `The last attempt to open one failed: ${opening.record.message}. ` : ''
  const record: ErrorRecord = {
    type: 'TimeoutError',
    message:
      `no connection was free within ${timeout} ms (acquireTimeout): ${waiting} wait, and of the connections ${lanes}. ` +
      `${why}Nothing of the call was done. Let what holds them end sooner, open more of them (max), or raise acquireTimeout`,
    code: 'ACQUIRE_TIMEOUT',
    kind: 'timeout',
    retryable: true,
    ...(opening && { cause: causeRecord(opening.toError()) }),
  }
  return new Failure(record)
}

function holdText({ lane, since, now }: LaneHold): string {
  const { id, role, state, holder } = lane
  const by = holder ? `, to ${describeHolder(holder.stats(now))}` : ''
  return `${id} (${role}) is ${state} for ${Math.round(since)} ms${by}`
}
