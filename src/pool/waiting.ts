import type { LaneGroup } from './lane-group.ts'

/** How many wait, by what they wait for. Together they are all who wait. */
export interface Waiting {
  /** Statements for the next lane with room: fast ones, and those that never ran. */
  readonly fast: number
  /** Slow statements, and whoever needs a connection whole, for a lane alone. */
  readonly slow: number
  /** Whoever waits for the one connection that writes, or that does everything. */
  readonly writer: number
}

/** How many wait for lanes of these groups. */
export function waitingIn(groups: readonly LaneGroup[]): Waiting {
  let slow = 0
  let size = 0
  let writer = 0
  for (const { role, waiters } of groups) {
    if (role === 'writer') writer += waiters.size
    else {
      slow += waiters.slow
      size += waiters.size
    }
  }
  return { fast: size - slow, slow, writer }
}

/** How many wait for any of them. */
export function waitingCount(groups: readonly LaneGroup[]): number {
  return groups.reduce((sum, { waiters }) => sum + waiters.size, 0)
}
