import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, recordOf } from '../contract/failure.ts'
import { suppress } from './commit.ts'
import { abandonedRecord, isUnstarted } from './given-up.ts'
import type { Lane } from './lane.ts'
import type { Recovery } from './recovery.ts'
import type { Session } from './session.ts'

/**
 * Undoes what a session has done, and has it done before it returns, unless what still runs there will not end: then the
 * connection undoes it when that ends, and nobody is given it before. The caller's error is the one that counts; what goes
 * wrong with undoing is put beside it.
 */
export async function undo(recovery: Recovery, lane: Lane, session: Session, error: unknown): Promise<void> {
  if (isGivenUp(error, session) && isAtWork(lane) && !lane.connection?.kill) {
    recovery.giveUp(lane, recordFor(error))
    return await recovery.settled(lane)
  }
  if (!session.inTransaction) return
  const failure = await session.connection.rollback()
  if (!failure) return
  // It was given up by others meanwhile, and is undone with all that was asked of the connection.
  if (lane.recovering || isUnstarted(failure)) return await recovery.settled(lane)
  suppress(error, 'suppressed', failure.toError())
  await lane.connection?.close()
}

// Whoever gives up does not wait for what still runs; whoever failed has waited for it already.
function isGivenUp(error: unknown, { limit }: Session): boolean {
  if (limit?.signal.aborted) return true
  return error instanceof SqlError && (error.code === 'INTERACTION_TIMEOUT' || error.code === 'POOL_CLOSED')
}

function isAtWork({ connection, inFlight }: Lane): boolean {
  return (connection?.progress?.pending ?? inFlight) > 0
}

function recordFor(error: unknown): ErrorRecord {
  return error instanceof SqlError ? recordOf(error) : abandonedRecord
}
