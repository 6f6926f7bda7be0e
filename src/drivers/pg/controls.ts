import type { IsolationLevel, TransactionMode } from '../../contract/index.ts'
import type { Control } from './control-call.ts'
import { isIdle } from './control-call.ts'
import { inTransactionRecord, rolledBackRecord } from './errors.ts'
import { quoteIdentifier } from './identifier.ts'

export function begin(mode: TransactionMode, level: IsolationLevel | undefined): Control {
  // Whoever only reads was promised one state of the database.
  const kept = level ?? (mode === 'read' ? 'repeatable read' : undefined)
  const isolation = kept === undefined ? '' : ` ISOLATION LEVEL ${kept.toUpperCase()}`
  return {
    sql: `BEGIN${isolation}${mode === 'read' ? ' READ ONLY' : ''}`,
    answer: (state) => (isIdle(state) ? undefined : inTransactionRecord),
  }
}

/** A COMMIT of what failed before is answered with ROLLBACK. */
export const commit: Control = {
  sql: 'COMMIT',
  answer: (state) => (isIdle(state) ? rolledBackRecord : undefined),
  meaning: (tag) => (tag === 'COMMIT' ? null : rolledBackRecord),
}

export const rollback: Control = {
  sql: 'ROLLBACK',
  answer: (state) => (isIdle(state) ? 'done' : undefined),
}

export function savepoint(name: string): Control {
  return { sql: `SAVEPOINT ${quoteIdentifier(name)}` }
}

export function releaseSavepoint(name: string): Control {
  return { sql: `RELEASE SAVEPOINT ${quoteIdentifier(name)}` }
}

export function rollbackToSavepoint(name: string): Control {
  return { sql: `ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}` }
}
