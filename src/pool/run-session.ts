import type { Failure } from '../contract/failure.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import { commit, lostBeforeCommit } from './commit.ts'
import type { Lane } from './lane.ts'
import type { Recovery } from './recovery.ts'
import type { Session } from './session.ts'
import type { Tenure } from './tenure.ts'
import { undo } from './undo.ts'
import { untilAborted } from './until-aborted.ts'

/** How a transaction is to begin. */
export interface TransactionSetting {
  readonly readOnly: boolean
  /** The isolation level that it has at least; undefined for the one that the database prefers. */
  readonly isolationLevel?: IsolationLevel | undefined
}

/** Begins the transaction of a session; whatever ends the session from now on has one to roll back. */
export async function begin(session: Session, { readOnly, isolationLevel }: TransactionSetting): Promise<void> {
  session.inTransaction = true
  session.isolationLevel = isolationLevel
  const failure = await session.connection.begin(readOnly ? 'read' : 'write', isolationLevel)
  if (failure) {
    session.inTransaction = false
    throw session.errorOf(failure)
  }
  session.check()
}

/** What is done with a session. */
interface SessionRun<T> {
  readonly recovery: Recovery
  work(): Promise<T>
  onRollbackFailed(failure: Failure): void
}

/** Does work on a session, and ends whatever transaction is open then as the work ended. */
export async function runSession<T>(
  lane: Lane,
  tenure: Tenure,
  { recovery, work, onRollbackFailed }: SessionRun<T>,
): Promise<T> {
  const { session } = tenure
  const { limit } = session
  try {
    const result = tenure.kept(await tenure.until(untilAborted(work(), limit)))
    tenure.kept(await tenure.until(untilAborted(session.settle(), limit)))
    session.end()
    // From here on it waits for the database and for nobody else, and that has a deadline of its own.
    lane.tenure = null
    if (session.inTransaction) {
      if (!lane.connection) throw lostBeforeCommit()
      await commit(session)
    }
    session.followUps.committed()
    return result
  } catch (error) {
    session.end()
    lane.tenure = null
    const failure = await undo(recovery, lane, session, error)
    if (failure) onRollbackFailed(failure)
    session.followUps.rolledBack(true)
    throw error
  }
}
