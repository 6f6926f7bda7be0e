import type { BlockingConnection } from '../contract/blocking.ts'
import { tooLargeRecord } from '../contract/result-size.ts'
import type { Ask } from './ask.ts'
import { Refusal } from './refusals.ts'

/** Throws if a result has more rows than its call allows, of which so many were read. */
export function refuseTooMany({ maxRows }: Ask, rows: number): void {
  if (maxRows !== undefined && rows > maxRows) throw new TooManyRows(maxRows)
}

/** Thrown when a statement is done, but gives too many rows: what it changed has yet to be undone. */
export class TooManyRows extends Refusal {
  constructor(maxRows: number) {
    super(tooLargeRecord(maxRows))
  }
}

const SAVEPOINT = 'offloop_rows'

/** Does work inside a transaction so that it leaves no trace there if it throws. */
export function apart<T>(connection: BlockingConnection, work: () => T): T {
  connection.savepoint(SAVEPOINT)
  try {
    const result = work()
    connection.releaseSavepoint(SAVEPOINT)
    return result
  } catch (error) {
    if (connection.inTransaction) {
      connection.rollbackToSavepoint(SAVEPOINT)
      connection.releaseSavepoint(SAVEPOINT)
    }
    throw error
  }
}
