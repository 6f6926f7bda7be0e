import { CommitUnknownError, ConnectionLostError, SqlError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { Session } from './session.ts'

/** Commits the transaction of a session; throws what became of it otherwise. */
export async function commit(session: Session): Promise<void> {
  session.story.refuseCommit()
  const failure = await session.connection.commit()
  if (failure) throw shortened(commitError(session, failure))
  session.inTransaction = false
  session.followUps.committed()
}

// A stack is ten frames long, and whoever called is to be among them.
function shortened(error: unknown): unknown {
  if (error instanceof SqlError) Error.captureStackTrace(error, commit)
  return error
}

/** The error that a failed COMMIT means: a lost connection leaves both outcomes possible. */
export function commitError(session: Session, failure: Failure): unknown {
  return failure.record.kind === 'connectionLost' ? unknownCommit(failure) : session.errorOf(failure)
}

/** The error that a COMMIT means whose answer was lost with its connection. */
export function unknownCommit(failure: Failure): CommitUnknownError {
  return new CommitUnknownError(
    'the connection was lost after COMMIT was sent and before it was answered: the transaction may be committed or not',
    { code: 'COMMIT_UNKNOWN', kind: 'commitUnknown', cause: failure.toError() },
  )
}

export function lostBeforeCommit(): ConnectionLostError {
  return new ConnectionLostError('the connection was lost before COMMIT was sent: nothing of the transaction is kept', {
    code: 'CONNECTION_LOST',
    kind: 'connectionLost',
  })
}

/** Hangs what went wrong besides on the error that counts, which stays the very same; one that takes nothing keeps silent. */
export function suppress(error: unknown, name: 'suppressed' | 'attempts', value: unknown): void {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error)) return
  Object.defineProperty(error, name, { value, configurable: true })
}
