import type { Failure } from '../contract/failure.ts'
import { commit, lostBeforeCommit, suppress } from './commit.ts'
import type { Lane } from './lane.ts'
import { rollBack } from './rollback.ts'
import type { Session } from './session.ts'
import { untilAborted } from './until-aborted.ts'

/** Begins the transaction of a session; whatever ends the session from now on has one to roll back. */
export async function begin(session: Session, { readOnly }: { readonly readOnly: boolean }): Promise<void> {
  session.inTransaction = true
  const failure = await session.connection.begin(readOnly ? 'read' : 'write')
  if (failure) {
    session.inTransaction = false
    throw session.errorOf(failure)
  }
  session.check()
}

/** What is done with a session. */
interface SessionRun<T> {
  work(): Promise<T>
  onRollbackFailed(failure: Failure): void
}

/** Does work on a session, and ends whatever transaction is open then as the work ended. */
export async function runSession<T>(
  lane: Lane,
  session: Session,
  { work, onRollbackFailed }: SessionRun<T>,
): Promise<T> {
  const { limit } = session
  try {
    const result = await untilAborted(work(), limit)
    await untilAborted(session.settle(), limit)
    session.end()
    if (session.inTransaction) {
      if (!lane.connection) throw lostBeforeCommit()
      await commit(session)
    }
    session.followUps.committed()
    return result
  } catch (error) {
    session.end()
    if (session.inTransaction) {
      const failure = await rollback(session, error)
      if (failure) onRollbackFailed(failure)
    }
    session.followUps.rolledBack()
    throw error
  }
}

// The caller's error is the one that counts; what rolling back adds goes with it.
async function rollback(session: Session, error: unknown): Promise<Failure | null> {
  const failure = await rollBack(session.connection, session.limit)
  if (failure) suppress(error, 'suppressed', failure.toError())
  return failure
}
