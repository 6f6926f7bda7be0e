import { systemClock } from '../base/clock.ts'
import type { Connection } from '../contract/connection.ts'
import { Failure } from '../contract/failure.ts'
import { abandonedRecord } from './given-up.ts'

/** How long a connection may take to roll back for a caller who has given up, in milliseconds. */
const GRACE = 500

const abandoned = new Failure(abandonedRecord)

/**
 * Rolls back. For a caller who has given up it waits only so long for what still runs before it, such as a BEGIN that
 * waits for a lock; then the connection is ended where that can be done, which undoes as much.
 */
export async function rollBack(connection: Connection, isGivenUp: boolean): Promise<Failure | null> {
  if (!connection.kill || !isGivenUp) return await connection.rollback()
  if ((connection.progress?.pending ?? 0) > 0) void connection.interrupt?.(abandoned)
  const timer = systemClock.setTimer(() => connection.kill?.(), GRACE)
  try {
    return await connection.rollback()
  } finally {
    systemClock.clearTimer(timer)
  }
}
