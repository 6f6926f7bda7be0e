import { ProgrammingError } from '../contract/errors.ts'
import type { StatementShape } from '../contract/statement.ts'
import { describe } from './options.ts'

/** Milliseconds above which a statement gets a lane to itself. */
const SLOW = 1

/** Where a statement may run, as far as is known. */
export type Route = 'unknown' | 'reader' | 'writer'

/** A statement's text, and what its runs have taught. */
export class Statement {
  readonly sql: string
  readonly shape: StatementShape
  route: Route = 'unknown'
  #duration = Number.POSITIVE_INFINITY

  constructor(sql: string, shape: StatementShape) {
    this.sql = sql
    this.shape = shape
  }

  /** Known to be fast: others may wait behind it on one lane. */
  get isFast(): boolean {
    return this.#duration < SLOW
  }

  /** Remembers how long the database took, in milliseconds. One slow run weighs more than one fast run. */
  learn(duration: number): void {
    if (this.#duration === Number.POSITIVE_INFINITY || duration > this.#duration) this.#duration = duration
    else this.#duration = this.#duration * 0.75 + duration * 0.25
  }
}

/** The statements a pool has seen lately, by text. */
export class Statements {
  readonly #known = new Map<string, Statement>()
  readonly #shape: (sql: string) => StatementShape
  readonly #capacity: number

  constructor(shape: (sql: string) => StatementShape, capacity: number = 1000) {
    this.#shape = shape
    this.#capacity = capacity
  }

  /** The statement of that text; refuses what is not exactly one statement. */
  get(sql: string): Statement {
    return this.#known.get(sql) ?? this.#add(sql)
  }

  #add(sql: string): Statement {
    if (typeof sql !== 'string') {
      throw new ProgrammingError(`the SQL must be a string, not ${describe(sql)}`, {
        code: 'INVALID_SQL',
        kind: 'usage',
      })
    }
    const shape = this.#shape(sql)
    if (shape.statementCount !== 1) throw notOne(sql, shape.statementCount)
    if (shape.controlsTransaction) throw byHand(sql)
    if (this.#known.size >= this.#capacity) this.#known.delete(this.#known.keys().next().value as string)
    const statement = new Statement(sql, shape)
    this.#known.set(sql, statement)
    return statement
  }
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
