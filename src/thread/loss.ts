import { ConnectionLostError } from '../contract/errors.ts'
import { causeRecord, type ErrorRecord } from '../contract/failure.ts'
import type { Exit } from './port.ts'

/** What calls get on a connection that somebody closed. */
export const closedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the connection is closed',
  code: 'CONNECTION_CLOSED',
  kind: 'closed',
}

/** What the calls get that a thread's end left unanswered. */
export function lostRecord(exit: Exit): ErrorRecord {
  return {
    type: ConnectionLostError.name as 'ConnectionLostError',
    message: `the connection's thread ended (exit code ${exit.code}) before it answered`,
    code: 'THREAD_DIED',
    kind: 'connectionLost',
    cause: exit.error === undefined ? undefined : causeRecord(exit.error),
  }
}
