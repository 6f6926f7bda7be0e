import { CommitUnknownError, ConnectionLostError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'

/** The error that a failed COMMIT means: a lost connection leaves both outcomes possible. */
export function commitError(failure: Failure): unknown {
  if (failure.record.kind !== 'connectionLost') return failure.toError()
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
