import { ProgrammingError, type StatementShape } from '../../contract/index.ts'
import { Token, Tokens } from './tokens.ts'
import { VerbFinder } from './verb.ts'

/** What a text says of itself: its shape, and what only this driver needs beyond it. */
export interface Scan {
  readonly shape: StatementShape
  /** The first statement's verb in capitals; behind WITH, the verb of the statement itself. Empty when it has none. */
  readonly verb: string
}

const CHANGES_ROWS: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
const READS_ROWS: ReadonlySet<string> = new Set(['SELECT', 'VALUES', 'TABLE'])

/** Reads a statement's text, as far as its shape goes. Throws what makes the text unfit to be sent at all. */
export function shape(sql: string): StatementShape {
  return scan(sql).shape
}

/** Reads a statement's text with the rules of PostgreSQL's own scanner. */
export function scan(sql: string): Scan {
  refuseUnsendable(sql)
  const tokens = new Tokens(sql)
  const statements = new StatementCounter()
  const verb = new VerbFinder()
  let parameterCount = 0
  for (let kind = tokens.next(); kind !== Token.end; kind = tokens.next()) {
    const word = kind === Token.word ? tokens.text.toUpperCase() : ''
    if (kind === Token.parameter) parameterCount = Math.max(parameterCount, Number(tokens.text.slice(1)))
    if (statements.count < 2) verb.see(kind, word, statements.count === 0)
    statements.see(kind, word)
  }
  const { found, controlsTransaction, changes, locks, touchesSession } = verb
  return {
    shape: {
      parameterCount,
      parameterNames: null,
      statementCount: statements.count,
      ...(controlsTransaction && { controlsTransaction: true }),
      ...((CHANGES_ROWS.has(found) || (changes && READS_ROWS.has(found))) && { changesRows: true }),
      ...(READS_ROWS.has(found) && !changes && !locks && { readsRows: true }),
      ...(touchesSession && { touchesSession: true }),
    },
    verb: found,
  }
}

function refuseUnsendable(sql: string): void {
  if (sql.includes('\0')) {
    throw new ProgrammingError(
      'The SQL text holds the character U+0000, where PostgreSQL would stop reading. It cannot store text that holds it; ' +
        'pass bytes as a value.',
      { code: 'NUL_IN_SQL', kind: 'syntax' },
    )
  }
  if (!sql.isWellFormed()) {
    throw new ProgrammingError('The SQL text holds half of a surrogate pair, which cannot be written in UTF-8.', {
      code: 'LONE_SURROGATE_IN_SQL',
      kind: 'syntax',
    })
  }
}

/**
 * Counts statements: a semicolon ends one, but not inside parentheses (CREATE RULE), nor inside the body of a function that
 * is written as SQL (BEGIN ATOMIC ... END), where CASE ends with END as well.
 */
class StatementCounter {
  count = 0
  #inside = false
  #parentheses = 0
  #blocks = 0
  #wordBefore = ''

  see(kind: number, word: string): void {
    if (kind === Token.semicolon && this.#parentheses === 0 && this.#blocks === 0) this.#inside = false
    else {
      if (!this.#inside && kind !== Token.semicolon) this.count++
      if (kind !== Token.semicolon) this.#inside = true
      if (kind === Token.open) this.#parentheses++
      else if (kind === Token.close) this.#parentheses = Math.max(0, this.#parentheses - 1)
      else if (kind === Token.word) this.#seeWord(word)
    }
    this.#wordBefore = word
  }

  #seeWord(word: string): void {
    if (word === 'ATOMIC' && this.#wordBefore === 'BEGIN') this.#blocks++
    else if (this.#blocks > 0 && word === 'CASE') this.#blocks++
    else if (this.#blocks > 0 && word === 'END') this.#blocks--
  }
}
