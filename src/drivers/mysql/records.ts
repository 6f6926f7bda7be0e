import { causeRecord, type ErrorRecord, NOT_BEGUN } from '../../contract/index.ts'
import { serverRecord } from './errors.ts'
import type { ServerError } from './wire/answers.ts'

/*
 * What calls fail with for reasons of the connection's own.
 */

export const closedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the connection is closed',
  code: 'CONNECTION_CLOSED',
  kind: 'closed',
}

export const abortedRecord: ErrorRecord = {
  type: 'AbortError',
  message: 'the call was aborted',
  code: 'ABORTED',
  kind: 'aborted',
}

/** Of a call that was not sent, or that the server stopped in place of another, and undid: it can be made again. */
export const notBegunRecord: ErrorRecord = {
  type: 'ConnectionLostError',
  message: 'nothing of this call was done: its connection was lost, or stopped over another call',
  code: NOT_BEGUN,
  kind: 'connectionLost',
  retryable: true,
}

export const killedRecord: ErrorRecord = {
  type: 'ConnectionLostError',
  message:
    'the connection was ended because a call on it had been given up and went on, or by whoever owns it; what was not ' +
    'committed is undone',
  code: 'CONNECTION_KILLED',
  kind: 'connectionLost',
}

export const goneRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message:
    'the transaction is gone: an earlier statement ended it (a deadlock, or a conflict on a cluster), so nothing more runs in it',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

export const committedRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message:
    'the server has committed the transaction in the middle, because of what this statement did: what came before is kept ' +
    'and cannot be rolled back. Statements that change the schema are run outside transactions',
  code: 'IMPLICIT_COMMIT',
  kind: 'usage',
}

export const byHandRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message:
    'transactions are not begun or ended by SQL text: use runInteraction, which begins one, commits it when the callback ' +
    'returns and rolls it back when it throws',
  code: 'TRANSACTION_BY_HAND',
  kind: 'usage',
}

export const nestedRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message: 'a transaction was begun already, and the server would commit it to begin another',
  code: 'TRANSACTION_OPEN',
  kind: 'usage',
}

export const touchedRecord: ErrorRecord = {
  type: 'ConnectionLostError',
  message: 'the session was changed by whoever had it, and is replaced by another one',
  code: 'SESSION_TOUCHED',
  kind: 'connectionLost',
  retryable: true,
}

export const droppedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the result is no longer open: its transaction has ended, or it was closed',
  code: 'CURSOR_CLOSED',
  kind: 'closed',
}

/** Of a statement that a transaction cannot hold. */
export function implicitCommitRecord(verb: string): ErrorRecord {
  return {
    type: 'ProgrammingError',
    message:
      `${verb} was not run: the server would commit the transaction first, and what came before could no longer be rolled ` +
      'back. Run it outside a transaction',
    code: 'IMPLICIT_COMMIT',
    kind: 'usage',
  }
}

export function tooLongRecord(bytes: number, most: number): ErrorRecord {
  return {
    type: 'DataError',
    message:
      `the statement and its values take some ${bytes} bytes, and the server takes ${most} at most (its max_allowed_packet): ` +
      'nothing was sent',
    code: 'PACKET_TOO_LARGE',
    kind: 'tooBig',
  }
}

export function tooManyBytesRecord(most: number): ErrorRecord {
  return {
    type: 'DataError',
    message:
      `the result has more than ${most} bytes, the most that maxResultBytes allows: ask for fewer rows or columns, take the ` +
      'rows one by one (pool.stream), or connect with a larger maxResultBytes',
    code: 'RESULT_TOO_LARGE',
    kind: 'tooBig',
  }
}

/** Of calls that were on their way when the connection went. */
export function lostRecord(reason: ServerError | Error | null): ErrorRecord {
  const base = {
    type: 'ConnectionLostError',
    kind: 'connectionLost',
    code: 'CONNECTION_LOST',
  } as const
  if (reason === null) return { ...base, message: 'the server closed the connection before it answered' }
  if (reason instanceof Error) {
    return {
      ...base,
      message: `the connection was lost before the server answered: ${reason.message}`,
      cause: causeRecord(reason),
    }
  }
  const { message, code, cause } = serverRecord(reason)
  return { ...base, message: `the server ended the connection: ${message}`, code, cause }
}

export function parameterCountRecord(expected: number, given: number): ErrorRecord {
  return {
    type: 'ProgrammingError',
    message: `the server finds ${expected} placeholders in the statement, and ${given} values were given`,
    code: 'PARAMETER_COUNT',
    kind: 'parameters',
  }
}

export const unstoppableRecord: ErrorRecord = {
  type: 'OperationalError',
  message: 'what the connection has at work cannot be stopped alone',
  code: 'NOT_STOPPABLE',
  kind: 'other',
}
