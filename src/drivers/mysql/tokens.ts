/** What a token is, as far as anybody here asks. */
export const Token = { end: 0, word: 1, placeholder: 2, semicolon: 3, open: 4, close: 5, other: 6 } as const

export type TokenKind = (typeof Token)[keyof typeof Token]

const BACKSLASH = 92
const STAR_SLASH = '*/'

/** Walks over the tokens of a text as MySQL's lexer does; white space and comments are passed over. */
export class Tokens {
  readonly sql: string
  start = 0
  end = 0
  /** Inside a comment whose text the server runs. */
  #inExecuted = false

  constructor(sql: string) {
    this.sql = sql
  }

  /** The text of the token that {@link next} last found. */
  get text(): string {
    return this.sql.slice(this.start, this.end)
  }

  next(): TokenKind {
    this.start = this.#skip(this.end)
    const { sql, start } = this
    const code = sql.charCodeAt(start)
    if (Number.isNaN(code)) {
      this.end = start
      return Token.end
    }
    const kind = this.#kindOf(code)
    this.end = kind === Token.word ? wordEnd(sql, start) : start + 1
    if (code === 39 || code === 34) this.end = stringEnd(sql, start, code)
    else if (code === 96) this.end = quotedNameEnd(sql, start)
    return kind
  }

  #kindOf(code: number): TokenKind {
    if (isWordCharacter(code)) return Token.word
    if (code === 63) return Token.placeholder
    if (code === 59) return Token.semicolon
    if (code === 40) return Token.open
    return code === 41 ? Token.close : Token.other
  }

  /** Passes over white space and comments, and over the marks of comments that the server runs. */
  #skip(from: number): number {
    const { sql } = this
    let at = from
    for (;;) {
      const code = sql.charCodeAt(at)
      if (isSpace(code)) at++
      else if (code === 35) at = lineEnd(sql, at)
      else if (code === 45 && isDashComment(sql, at)) at = lineEnd(sql, at)
      else if (code === 47 && sql.charCodeAt(at + 1) === 42) at = this.#comment(at)
      else if (this.#inExecuted && code === 42 && sql.charCodeAt(at + 1) === 47) {
        this.#inExecuted = false
        at += 2
      } else return at
    }
  }

  // `/*!50001 ... */` and MariaDB's `/*M! ... */` are run; a plain comment inside one ends by itself.
  #comment(at: number): number {
    const mark = /^\/\*M?!\d{0,6}/.exec(this.sql.slice(at, at + 10))
    if (!mark) {
      const found = this.sql.indexOf(STAR_SLASH, at + 2)
      return found < 0 ? this.sql.length : found + 2
    }
    this.#inExecuted = true
    return at + mark[0].length
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

function isWordCharacter(code: number): boolean {
  const lower = code | 32
  return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57) || code === 95 || code === 36 || code >= 128
}

function wordEnd(sql: string, at: number): number {
  let end = at
  while (isWordCharacter(sql.charCodeAt(end))) end++
  return end
}

// `--` begins a comment only before white space, a control character or the end.
function isDashComment(sql: string, at: number): boolean {
  if (sql.charCodeAt(at + 1) !== 45) return false
  const next = sql.charCodeAt(at + 2)
  return Number.isNaN(next) || next <= 32 || next === 127
}

function lineEnd(sql: string, from: number): number {
  const found = sql.indexOf('\n', from)
  return found < 0 ? sql.length : found + 1
}

function stringEnd(sql: string, at: number, quote: number): number {
  for (let end = at + 1; end < sql.length; end++) {
    const code = sql.charCodeAt(end)
    if (code === BACKSLASH) end++
    else if (code === quote) {
      if (sql.charCodeAt(end + 1) !== quote) return end + 1
      end++
    }
  }
  return sql.length
}

function quotedNameEnd(sql: string, at: number): number {
  let end = sql.indexOf('`', at + 1)
  while (end >= 0 && sql.charAt(end + 1) === '`') end = sql.indexOf('`', end + 2)
  return end < 0 ? sql.length : end + 1
}
