import { Token, type TokenKind, Tokens } from './tokens.ts'

/**
 * The text that inserts `rows` rows where `sql` inserts one; null unless `sql` is a plain INSERT (or REPLACE) of one row
 * of `?` placeholders and nothing else: no other expression, no ON CONFLICT, no RETURNING.
 */
export function severalRowsText(sql: string, rows: number): string | null {
  const reader = new Reader(sql)
  if (!readTarget(reader)) return null
  const from = reader.start
  if (!readRow(reader)) return null
  const end = reader.start
  reader.next()
  while (reader.kind === Token.semicolon) reader.next()
  if (reader.kind !== Token.end) return null
  return sql.slice(0, end + 1) + `, ${sql.slice(from, end + 1)}`.repeat(rows - 1)
}

/** Stands at a token; knows its text in capitals where that may be a keyword or a sign. */
class Reader {
  readonly #tokens: Tokens
  kind: TokenKind = Token.end
  text = ''

  constructor(sql: string) {
    this.#tokens = new Tokens(sql)
    this.next()
  }

  get start(): number {
    return this.#tokens.start
  }

  get isName(): boolean {
    return this.kind === Token.word || this.kind === Token.other
  }

  next(): void {
    this.kind = this.#tokens.next()
    this.text = this.#tokens.text.toUpperCase()
  }

  /** Passes over the token if it is this one. */
  take(text: string): boolean {
    if (this.text !== text) return false
    this.next()
    return true
  }

  takeName(): boolean {
    if (!this.isName) return false
    this.next()
    return true
  }
}

/** Passes over all up to the row: `INSERT OR IGNORE INTO main.t AS x (a, b) VALUES`. */
function readTarget(reader: Reader): boolean {
  if (!reader.take('REPLACE')) {
    if (!reader.take('INSERT')) return false
    if (reader.take('OR')) reader.next()
  }
  if (!reader.take('INTO') || !reader.takeName()) return false
  if (reader.take('.') && !reader.takeName()) return false
  if (reader.take('AS') && !reader.takeName()) return false
  if (reader.take('(')) {
    while (reader.isName) reader.next()
    if (!reader.take(')')) return false
  }
  return reader.take('VALUES')
}

/** Passes over `(?, ?` and stands at the closing parenthesis. */
function readRow(reader: Reader): boolean {
  if (!reader.take('(')) return false
  do {
    if (!reader.take('?')) return false
  } while (reader.take(','))
  return reader.kind === Token.close
}
