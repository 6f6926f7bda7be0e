import { SqlError } from '../contract/errors.ts'
import { type ErrorRecord, type Failure, recordOf } from '../contract/failure.ts'
import { suppress } from './commit.ts'
import { abandonedRecord, isUnstarted } from './given-up.ts'
import type { Lane } from './lane.ts'
import type { Recovery } from './recovery.ts'
import { rollBack } from './rollback.ts'
import type { Session } from './session.ts'

/**
 * Undoes what a session has done, and has it done before it returns, unless what still runs there will not end: then the
 * connection undoes it when that ends, and nobody is given it before. The caller's error is the one that counts; what goes
 * wrong with undoing is put beside it, and given.
 */
export async function undo(recovery: Recovery, lane: Lane, session: Session, error: unknown): Promise<Failure | null> {
  const givenUp = isGivenUp(error, session)
  if (givenUp && isAtWork(lane) && !lane.connection?.kill) {
    recovery.giveUp(lane, recordFor(error))
    await recovery.settled(lane)
    return null
  }
  if (!session.inTransaction) return null
  const failure = await rollBack(session.connection, givenUp)
  if (!failure) return null
  if (lane.recovering || isUnstarted(failure)) {
    // It was given up by others meanwhile, and is undone with all that was asked of the connection.
    await recovery.settled(lane)
    return null
  }
  suppress(error, 'suppressed', failure.toError())
  return failure
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
