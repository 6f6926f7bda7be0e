import type { Fate } from '../contract/connection.ts'
import type { ErrorRecord } from '../contract/failure.ts'

/** Thrown inside the thread to answer a call with this record. */
export class Refusal extends Error {
  readonly record: ErrorRecord

  constructor(record: ErrorRecord) {
    super(record.message)
    this.record = record
  }
}

export const cancelledRecord: ErrorRecord = {
  type: 'AbortError',
  message: 'the call was given up',
  code: 'ABORTED',
  kind: 'aborted',
}

/** Of a call that was given up together with others before it was started. */
export const notStartedRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message: 'the call was given up before it was started',
  code: 'NOT_STARTED',
  kind: 'rolledBack',
  retryable: true,
}

/** What a refusal says of a call that was given up together with others. */
export function fateOf({ code }: ErrorRecord): Fate | null {
  if (code === notStartedRecord.code) return 'unstarted'
  return code === cancelledRecord.code ? 'undone' : null
}

export const goneRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message:
    'the transaction is gone: an earlier statement ended it (a conflict with OR ROLLBACK, a full disk, or a COMMIT or ' +
    'ROLLBACK by hand), so nothing more runs in it',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

export const byHandRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message:
    'transactions are not begun or ended by SQL text: use runInteraction, which begins one, commits it when the callback ' +
    'returns and rolls it back when it throws',
  code: 'TRANSACTION_BY_HAND',
  kind: 'usage',
}

export const droppedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the result is no longer open: its transaction has ended',
  code: 'CURSOR_CLOSED',
  kind: 'closed',
}
