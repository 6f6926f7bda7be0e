import type { IsolationLevel, TransactionMode } from '../../contract/index.ts'
import type { Control } from './control-call.ts'
import { isIdle } from './control-call.ts'
import { inTransactionRecord, rolledBackRecord, touchedRecord } from './errors.ts'
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

/** Makes the session as it was when it began, unless nothing can have changed. The server forgets all that was prepared. */
export const discard: Control = {
  sql: 'DISCARD ALL',
  answer: (_state, line) => {
    if (!line.isTouched) return 'done'
    line.isTouched = false
    line.statements.clear()
    return undefined
  },
}

/** Takes the session as it is for what it is to be. */
export const settle: Control = {
  sql: '',
  answer: (_state, line) => {
    line.isTouched = false
    return 'done'
  },
}

/** Says that the session cannot be made as it was, unless nothing can have changed. */
export const refuseTouched: Control = {
  sql: '',
  answer: (_state, line) => (line.isTouched ? touchedRecord : 'done'),
}
