import { describe } from './checks.ts'
import { ProgrammingError } from './errors.ts'
import type { StatementShape } from './statement.ts'

/** A statement's text and what it says of itself. */
export interface ShapedText {
  readonly sql: string
  readonly shape: StatementShape
}

/** The shape of a text as `read` gives it; refuses what is not exactly one statement that a transaction may run. */
export function shapeOf(sql: unknown, read: (sql: string) => StatementShape): StatementShape {
  if (typeof sql !== 'string') {
    throw new ProgrammingError(`the SQL must be a string, not ${describe(sql)}`, { code: 'INVALID_SQL', kind: 'usage' })
  }
  const shape = read(sql)
  if (shape.statementCount !== 1) throw notOne(sql, shape.statementCount)
  if (shape.controlsTransaction) throw byHand(sql)
  return shape
}

function notOne(sql: string, statementCount: number): ProgrammingError {
  if (statementCount === 0) {
    return new ProgrammingError('the SQL is empty', { code: 'EMPTY_SQL', kind: 'syntax', sql })
  }
  return new ProgrammingError(
    `the SQL holds ${statementCount} statements, and a call runs one; run them one after the other, in runInteraction if ` +
      'they belong together',
    { code: 'SEVERAL_STATEMENTS', kind: 'syntax', sql },
  )
}

function byHand(sql: string): ProgrammingError {
  return new ProgrammingError(
    'transactions are not begun or ended by SQL text: use runInteraction, which begins one, commits it when the callback ' +
      'returns and rolls it back when it throws; runWithConnection has commit() and rollback()',
    { code: 'TRANSACTION_BY_HAND', kind: 'usage', sql },
  )
}
