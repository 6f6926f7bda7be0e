import { Token } from './tokens.ts'

/** Words with which the statement itself begins behind a WITH clause. */
const STATEMENTS: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE'])
const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
/** Verbs whose statements leave nothing in their session, unless they call a function that does. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE', 'EXPLAIN', 'SHOW', 'SAVEPOINT', 'RELEASE'],
  ...['ALTER', 'DROP', 'TRUNCATE', 'COMMENT', 'GRANT', 'REVOKE', 'ANALYZE', 'VACUUM', 'REINDEX', 'CLUSTER', 'LOCK'],
  ...['REFRESH', 'CHECKPOINT', 'NOTIFY', 'CREATE', 'COPY', 'REASSIGN', 'SECURITY', 'IMPORT', 'CLOSE', 'FETCH', 'MOVE'],
])
const TEMPORARY: ReadonlySet<string> = new Set(['TEMP', 'TEMPORARY', 'PG_TEMP'])
const TOUCHING = /^(?:SET_CONFIG|SETSEED|PG_(?:TRY_)?ADVISORY_LOCK(?:_SHARED)?|DBLINK_CONNECT(?:_U)?)$/

/**
 * Finds what kind of statement a text is. Behind WITH, it is the first word outside all parentheses that begins a
 * statement; a statement inside a pair of them may change rows as well.
 */
export class VerbFinder {
  /** The verb in capitals. */
  found = ''
  /** Some part of it changes rows, or it makes a table of what it selects. */
  changes = false
  /** It locks the rows that it reads. */
  locks = false
  touchesSession = false
  #behindWith = false
  #depth = 0
  #kindBefore: number = Token.end
  #wordBefore = ''
  #second = ''
  #third = ''

  get controlsTransaction(): boolean {
    switch (this.found) {
      case 'BEGIN':
      case 'START':
      case 'END':
      case 'ABORT':
        return true
      case 'COMMIT':
        return this.#second !== 'PREPARED'
      case 'ROLLBACK':
        return this.#second !== 'PREPARED' && this.#second !== 'TO' && this.#third !== 'TO'
      case 'PREPARE':
        return this.#second === 'TRANSACTION'
      default:
        return false
    }
  }

  see(kind: number, word: string, isFirst: boolean): void {
    if (kind === Token.open) this.#depth++
    else if (kind === Token.close) this.#depth--
    else if (word !== '') this.#seeWord(word, isFirst)
    this.#kindBefore = kind
    this.#wordBefore = word
  }

  #seeWord(word: string, isFirst: boolean): void {
    if (isFirst && this.found === '') this.#begin(word)
    else {
      if (this.#second === '') this.#second = word
      else if (this.#third === '') this.#third = word
      this.#seeLater(word)
    }
    if (TOUCHING.test(word)) this.touchesSession = true
    if (TEMPORARY.has(word) && (this.#wordBefore === 'CREATE' || this.#wordBefore === 'INTO'))
      this.touchesSession = true
  }

  #begin(word: string): void {
    this.found = word
    this.#behindWith = word === 'WITH'
    if (!this.#behindWith && !HARMLESS.has(word)) this.touchesSession = true
  }

  #seeLater(word: string): void {
    if (this.#behindWith && this.#depth === 0 && STATEMENTS.has(word)) {
      this.found = word
      this.#behindWith = false
    }
    if (CHANGES.has(word) && (this.#kindBefore === Token.open || this.#wordBefore === 'FOR')) this.#seeChange()
    if (word === 'INTO' && this.found === 'SELECT' && this.#depth === 0) this.changes = true
    if ((word === 'SHARE' || word === 'KEY') && this.#wordBefore === 'FOR') this.locks = true
  }

  // FOR UPDATE locks; what begins inside parentheses changes.
  #seeChange(): void {
    if (this.#wordBefore === 'FOR') this.locks = true
    else this.changes = true
  }
}
