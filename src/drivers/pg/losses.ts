import { type ErrorRecord, Failure, NOT_BEGUN, recordOf, SqlError, tooLargeRecord } from '../../contract/index.ts'
import { type Fields, lostRecord, serverFailure } from './errors.ts'

/** What a call fails with of which nothing was done: it can be made again. */
export const notBegunRecord: ErrorRecord = {
  type: 'ConnectionLostError',
  message:
    'the connection was lost, or another call was stopped on it, before this one was done: nothing of it is kept',
  code: NOT_BEGUN,
  kind: 'connectionLost',
  retryable: true,
}

/** What the call fails with that was under way when the server ended the session. */
export function farewellRecord(fields: Fields): ErrorRecord {
  const said = serverFailure(fields)
  return { ...said, type: 'ConnectionLostError', kind: 'connectionLost', retryable: true }
}

/** What a call fails with that could not be written. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SqlError) return new Failure(recordOf(error), error)
  return new Failure(lostRecord('a call could not be written', error))
}

/** What a call fails with whose result has more bytes than may be kept. */
export function tooManyBytesRecord(most: number): ErrorRecord {
  return {
    ...tooLargeRecord(0),
    message:
      `the result has more than ${most} bytes (maxResultBytes), so its connection was ended: ask for fewer rows or columns, ` +
      'take them one by one (pool.stream), or raise maxResultBytes of the connect options',
  }
}
