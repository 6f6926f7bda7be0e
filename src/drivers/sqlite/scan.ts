import { ProgrammingError, type StatementShape } from '../../contract/index.ts'
import { Placeholders } from './placeholders.ts'
import { Token, type TokenKind, Tokens } from './tokens.ts'

/** What a text says of itself: its shape, and what only SQLite's drivers need beyond it. */
export interface Scan {
  readonly shape: StatementShape
  /** The first statement's verb in capitals; behind WITH, the verb of the statement itself. Empty when it has none. */
  readonly verb: string
  /** The placeholders' names as SQLite knows them, in the order of the shape's names. */
  readonly nativeNames: readonly string[]
  /** Slots of SQLite's that no placeholder uses: `?3` alone leaves two. */
  readonly gaps: number
  /** The text has an ON CONFLICT clause, so an INSERT may have updated a row. */
  readonly upsert: boolean
}

/** Reads a statement's text, as far as its shape goes. Throws what makes the text unfit to be sent at all. */
export function shape(sql: string): StatementShape {
  return scan(sql).shape
}

/** Reads a statement's text with the rules of SQLite's own tokenizer. */
export function scan(sql: string): Scan {
  refuseUnsendable(sql)
  const tokens = new Tokens(sql)
  const statements = new StatementCounter()
  const placeholders = new Placeholders()
  const verb = new VerbFinder()
  for (let kind = tokens.next(); kind !== Token.end; kind = tokens.next()) {
    const word = kind === Token.word ? tokens.text.toUpperCase() : ''
    if (kind === Token.placeholder) placeholders.add(tokens.text)
    if (statements.count < 2) verb.see(kind, word, statements.count)
    statements.see(kind, word)
  }
  return {
    shape: {
      parameterCount: placeholders.count,
      parameterNames: placeholders.names,
      statementCount: statements.count,
      ...(verb.controlsTransaction && { controlsTransaction: true }),
      ...(CHANGES_ROWS.has(verb.found) && { changesRows: true }),
      ...(READS_ROWS.has(verb.found) && { readsRows: true }),
    },
    verb: verb.found,
    nativeNames: placeholders.nativeNames,
    gaps: placeholders.gaps,
    upsert: verb.upsert,
  }
}

function refuseUnsendable(sql: string): void {
  if (sql.includes('\0')) {
    throw new ProgrammingError(
      'The SQL text holds the character U+0000, where SQLite would stop reading. Pass text that holds it as a value.',
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

// The states of sqlite3_complete(), by what was seen so far of the statement.
const START = 0
const NORMAL = 1
const EXPLAIN = 2
const CREATE = 3
const TRIGGER = 4
const TRIGGER_SEMICOLON = 5
const TRIGGER_END = 6

/** Counts statements: a semicolon ends one, but that of a trigger ends behind `; END` alone. */
class StatementCounter {
  count = 0
  #state = START

  see(kind: TokenKind, word: string): void {
    if (kind === Token.semicolon) this.#state = this.#afterSemicolon()
    else {
      if (this.#state === START) this.count++
      this.#state = this.#afterToken(word)
    }
  }

  #afterSemicolon(): number {
    return this.#state === TRIGGER || this.#state === TRIGGER_SEMICOLON ? TRIGGER_SEMICOLON : START
  }

  #afterToken(word: string): number {
    switch (this.#state) {
      case START:
        return word === 'EXPLAIN' ? EXPLAIN : word === 'CREATE' ? CREATE : NORMAL
      case EXPLAIN:
        return word === 'CREATE' ? CREATE : ENDS_EXPLAIN.has(word) ? NORMAL : EXPLAIN
      case CREATE:
        if (word === 'TRIGGER') return TRIGGER
        return word === 'TEMP' || word === 'TEMPORARY' ? CREATE : NORMAL
      case TRIGGER_SEMICOLON:
        return word === 'END' ? TRIGGER_END : TRIGGER
      case TRIGGER:
      case TRIGGER_END:
        return TRIGGER
      default:
        return NORMAL
    }
  }
}

// SQLite's grammar: every statement that begins with one of these words does so, but for ROLLBACK TO a savepoint.
const TRANSACTION_VERBS = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK'])

const CHANGES_ROWS = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'])
const READS_ROWS = new Set(['SELECT', 'VALUES'])

const ENDS_EXPLAIN = new Set(['EXPLAIN', 'TEMP', 'TEMPORARY', 'TRIGGER', 'END'])

/**
 * Finds the verb. Behind WITH, each table of the clause ends in a closing parenthesis; what follows one at the outermost
 * level is AS, a comma or the statement's own verb.
 */
class VerbFinder {
  found = ''
  upsert = false
  #toSavepoint = false
  #depth = 0
  #behindParenthesis = false
  #wordBefore = ''

  get controlsTransaction(): boolean {
    return TRANSACTION_VERBS.has(this.found) && !this.#toSavepoint
  }

  see(kind: TokenKind, word: string, statement: number): void {
    if (statement === 0) this.found = word
    if (word === 'TO') this.#toSavepoint = true
    else if (this.found === 'WITH' && this.#behindParenthesis && word !== '' && word !== 'AS') this.found = word
    if (word === 'CONFLICT' && this.#wordBefore === 'ON') this.upsert = true
    this.#wordBefore = word
    if (kind === Token.open) this.#depth++
    if (kind === Token.close) this.#depth--
    this.#behindParenthesis = kind === Token.close && this.#depth === 0
  }
}
