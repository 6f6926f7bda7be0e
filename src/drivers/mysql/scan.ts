import { ProgrammingError, type StatementShape } from '../../contract/index.ts'
import { Token, type TokenKind, Tokens } from './tokens.ts'

/** What a text says of itself: its shape, and what only this driver needs beyond it. */
export interface Scan {
  readonly shape: StatementShape
  /** The statement's verb in capitals; behind WITH, that of the statement itself. Empty when it has none. */
  readonly verb: string
  /** The server commits the transaction before it runs it. */
  readonly commits: boolean
  /** It changes rows and gives rows as well. */
  readonly returns: boolean
  /** It inserts the values that it is given and nothing else: of several sets all are stored, or none. */
  readonly inserts: boolean
  /** It may leave something in its session for whoever has that next: a setting, a lock, a temporary table. */
  readonly leaves: boolean
}

/** Reads a statement's text, as far as its shape goes. Throws what makes the text unfit to be sent at all. */
export function shape(sql: string): StatementShape {
  return scan(sql).shape
}

/** Reads a statement's text with the rules of MySQL's own lexer. */
export function scan(sql: string): Scan {
  refuseUnsendable(sql)
  const tokens = new Tokens(sql)
  const reader = new VerbReader()
  let parameterCount = 0
  let statementCount = 0
  let inStatement = false
  for (let kind = tokens.next(); kind !== Token.end; kind = tokens.next()) {
    if (kind === Token.placeholder) parameterCount++
    if (kind === Token.semicolon && !reader.hasBody) {
      inStatement = false
      continue
    }
    if (!inStatement) statementCount++
    inStatement = true
    if (statementCount === 1) reader.see(kind, kind === Token.word ? tokens.text.toUpperCase() : '')
    if (kind === Token.other && tokens.text === ':') reader.hasTrace = true
  }
  const { verb } = reader
  const leaves = !HARMLESS.has(verb) || reader.hasTrace
  return {
    shape: {
      parameterCount,
      parameterNames: null,
      statementCount,
      ...(reader.controlsTransaction && { controlsTransaction: true }),
      ...(CHANGES_ROWS.has(verb) && { changesRows: true }),
      ...(READS_ROWS.has(verb) && !reader.hasInto && { readsRows: true }),
      ...(leaves && { touchesSession: true }),
    },
    verb,
    commits: reader.commits,
    leaves,
    inserts: verb === 'INSERT' && !reader.hasSelect,
    returns: CHANGES_ROWS.has(verb) && reader.hasReturning,
  }
}

function refuseUnsendable(sql: string): void {
  if (!sql.isWellFormed()) {
    throw new ProgrammingError('The SQL text holds half of a surrogate pair, which cannot be written in UTF-8.', {
      code: 'LONE_SURROGATE_IN_SQL',
      kind: 'syntax',
    })
  }
  if (sql.includes('\0')) {
    throw new ProgrammingError('The SQL text holds the character U+0000. Pass text that holds it as a value.', {
      code: 'NUL_IN_SQL',
      kind: 'syntax',
    })
  }
}

const CHANGES_ROWS = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'])
const READS_ROWS = new Set(['SELECT', 'VALUES', 'TABLE', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN'])

const HARMLESS = new Set([
  ...CHANGES_ROWS,
  'SELECT',
  'VALUES',
  'TABLE',
  'SHOW',
  'DESCRIBE',
  'DESC',
  'EXPLAIN',
  'SAVEPOINT',
])
/** Functions and words by which a statement that only reads leaves something. */
const TRACES = new Set(['GET_LOCK', 'RELEASE_LOCK', 'INTO', 'LAST_INSERT_ID', 'SETVAL', 'NEXTVAL'])

/** Statements that commit what is open, whatever follows. */
const COMMITTING = new Set(['ALTER', 'CREATE', 'DROP', 'RENAME', 'TRUNCATE', 'GRANT', 'REVOKE', 'LOCK', 'UNLOCK'])
const ALSO_COMMITTING = new Set([
  'ANALYZE',
  'OPTIMIZE',
  'REPAIR',
  'FLUSH',
  'INSTALL',
  'UNINSTALL',
  'RESET',
  'CACHE',
  'CHANGE',
])
/** What a CREATE makes whose text goes on behind semicolons. */
const WITH_BODY = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'PACKAGE'])

/** Sees the words of one statement. */
class VerbReader {
  verb = ''
  hasInto = false
  hasReturning = false
  hasSelect = false
  /** A word by which even what only reads leaves something. */
  hasTrace = false
  hasBody = false
  #first = ''
  #second = ''
  #words = 0
  #depth = 0
  #behindParenthesis = false
  #setsAutocommit = false
  #toSavepoint = false

  get controlsTransaction(): boolean {
    switch (this.#first) {
      case 'BEGIN':
        return this.#second !== 'NOT'
      case 'COMMIT':
      case 'XA':
        return true
      case 'ROLLBACK':
        return !this.#toSavepoint
      case 'START':
        return this.#second === 'TRANSACTION'
      case 'SET':
        return this.#setsAutocommit
      default:
        return false
    }
  }

  get commits(): boolean {
    const isTemporary = this.#second === 'TEMPORARY' && (this.#first === 'CREATE' || this.#first === 'DROP')
    return (COMMITTING.has(this.#first) && !isTemporary) || ALSO_COMMITTING.has(this.#first)
  }

  see(kind: TokenKind, word: string): void {
    if (word !== '') this.#seeWord(word)
    if (kind === Token.open) this.#depth++
    if (kind === Token.close) this.#depth--
    this.#behindParenthesis = kind === Token.close && this.#depth === 0
  }

  #seeWord(word: string): void {
    this.#words++
    if (this.#words === 1) {
      this.#first = word
      this.verb = word
    }
    if (this.#words === 2) this.#second = word
    if (this.#first === 'BEGIN' && this.#second === 'NOT') this.hasBody = true
    if (this.#first === 'CREATE' && this.#depth === 0 && WITH_BODY.has(word)) this.hasBody = true
    if (word === 'INTO') this.hasInto = true
    if (word === 'RETURNING') this.hasReturning = true
    if (word === 'SELECT') this.hasSelect = true
    if (TRACES.has(word) && !CHANGES_ROWS.has(this.verb)) this.hasTrace = true
    if (word === 'TO') this.#toSavepoint = true
    if (word === 'AUTOCOMMIT') this.#setsAutocommit = true
    // Behind WITH each table ends in a parenthesis; what follows one at the outermost level is AS, or the verb itself.
    if (this.verb === 'WITH' && this.#behindParenthesis && word !== 'AS') this.verb = word
  }
}
