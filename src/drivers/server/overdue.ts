import { type ErrorRecord, Failure } from '../../contract/index.ts'

/** Milliseconds that a server may take to stop a call that its caller has given up; then its connection is ended. */
export const PATIENCE = 250

/**
 * What a call fails with that was to be stopped, of which the server said nothing in time: what its caller gave it up with
 * where nothing of it can be kept, since it only reads or its transaction ends with the connection; else that nobody knows.
 */
export function overdueFailure(givenUp: Failure, leavesNothing: boolean): Failure {
  return leavesNothing ? givenUp : new Failure({ ...unknownRecord, message: `${givenUp.record.message}, ${UNKNOWN}` })
}

const UNKNOWN =
  'and its connection was gone, or ended, before the server said that it has stopped it. It may yet be done to its end: ' +
  'nobody knows whether it will have an effect'

const unknownRecord: Omit<ErrorRecord, 'message'> = {
  type: 'CommitUnknownError',
  code: 'COMMIT_UNKNOWN',
  kind: 'commitUnknown',
  retryable: false,
}
