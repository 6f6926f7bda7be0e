import { isDigit, isHorizontalSpace, isLineBreak, isSpace, isWordPart, isWordStart } from './characters.ts'

/** What a token is, as far as anybody here asks. */
export const Token = { end: 0, word: 1, parameter: 2, semicolon: 3, open: 4, close: 5, other: 6 } as const

export type TokenKind = (typeof Token)[keyof typeof Token]

const QUOTE = 39
const DOUBLE_QUOTE = 34
const DOLLAR = 36
const OPEN = 40
const CLOSE = 41
const STAR = 42
const MINUS = 45
const DOT = 46
const SLASH = 47
const SEMICOLON = 59
const BACKSLASH = 92
/** `e`, with the bit that makes a letter small. */
const E = 101
const SMALL = 32

/** Walks over the tokens of a text as PostgreSQL's scanner does; white space and comments are passed over. */
export class Tokens {
  readonly sql: string
  start = 0
  end = 0

  constructor(sql: string) {
    this.sql = sql
  }

  /** The text of the token that {@link next} last found. */
  get text(): string {
    return this.sql.slice(this.start, this.end)
  }

  next(): TokenKind {
    const { sql } = this
    for (;;) {
      const at = this.end
      this.start = at
      if (at >= sql.length) return Token.end
      const gap = gapEnd(sql, at)
      if (gap === at) return this.#token(at, sql.charCodeAt(at))
      this.end = gap
    }
  }

  #token(at: number, code: number): TokenKind {
    const { sql } = this
    if (isWordStart(code)) return this.#word(at, code)
    if (isDigit(code)) return this.#ends(numberEnd(sql, at), Token.other)
    switch (code) {
      case QUOTE:
        return this.#ends(quotedEnd(sql, at), Token.other)
      case DOUBLE_QUOTE:
        return this.#ends(quotedEnd(sql, at), Token.other)
      case DOLLAR:
        return this.#dollar(at)
      case DOT:
        return this.#ends(isDigit(sql.charCodeAt(at + 1)) ? numberEnd(sql, at) : at + 1, Token.other)
      case SEMICOLON:
        return this.#ends(at + 1, Token.semicolon)
      case OPEN:
        return this.#ends(at + 1, Token.open)
      case CLOSE:
        return this.#ends(at + 1, Token.close)
      default:
        return this.#ends(at + 1, Token.other)
    }
  }

  // Only a string that begins with an E takes a backslash for an escape: standard_conforming_strings is on.
  #word(at: number, code: number): TokenKind {
    const { sql } = this
    const next = sql.charCodeAt(at + 1)
    if (next === QUOTE && (code | SMALL) === E) return this.#ends(escapedEnd(sql, at + 1), Token.other)
    let end = at + 1
    while (isWordPart(sql.charCodeAt(end))) end++
    return this.#ends(end, Token.word)
  }

  #dollar(at: number): TokenKind {
    const { sql } = this
    let end = at + 1
    if (isDigit(sql.charCodeAt(end))) {
      while (isDigit(sql.charCodeAt(end))) end++
      return this.#ends(end, Token.parameter)
    }
    if (isWordStart(sql.charCodeAt(end))) while (isTagPart(sql.charCodeAt(end))) end++
    if (sql.charCodeAt(end) !== DOLLAR) return this.#ends(at + 1, Token.other)
    const found = sql.indexOf(sql.slice(at, end + 1), end + 1)
    return this.#ends(found < 0 ? sql.length : found + end + 1 - at, Token.other)
  }

  #ends(end: number, kind: TokenKind): TokenKind {
    this.end = end
    return kind
  }
}

function isTagPart(code: number): boolean {
  return code !== DOLLAR && isWordPart(code)
}

/** Where the white space or the comment ends that begins here; here where there is none. */
function gapEnd(sql: string, at: number): number {
  const code = sql.charCodeAt(at)
  if (isSpace(code)) return at + 1
  const next = sql.charCodeAt(at + 1)
  if (code === MINUS && next === MINUS) return lineEnd(sql, at + 2)
  return code === SLASH && next === STAR ? commentEnd(sql, at + 2) : at
}

function lineEnd(sql: string, from: number): number {
  let end = from
  while (end < sql.length && !isLineBreak(sql.charCodeAt(end))) end++
  return end
}

/** Comments nest. */
function commentEnd(sql: string, from: number): number {
  let depth = 1
  let end = from
  for (; depth > 0 && end < sql.length; end++) {
    const code = sql.charCodeAt(end)
    const next = sql.charCodeAt(end + 1)
    if (code === STAR && next === SLASH) depth--
    else if (code === SLASH && next === STAR) depth++
    else continue
    end++
  }
  return end
}

function quotedEnd(sql: string, at: number): number {
  const quote = sql.charAt(at)
  let end = sql.indexOf(quote, at + 1)
  while (end >= 0 && sql.charAt(end + 1) === quote) end = sql.indexOf(quote, end + 2)
  return end < 0 ? sql.length : end + 1
}

// A string goes on in the next line if that begins with a quote; its backslashes then are escapes as well.
function escapedEnd(sql: string, at: number): number {
  let end = at + 1
  for (; end < sql.length; end++) {
    const code = sql.charCodeAt(end)
    if (code === BACKSLASH) end++
    else if (code === QUOTE) {
      if (sql.charCodeAt(end + 1) === QUOTE) end++
      else {
        const next = continuation(sql, end + 1)
        if (next < 0) return end + 1
        end = next
      }
    }
  }
  return sql.length
}

/** The quote with which a string goes on behind a line break; -1 if it does not. */
function continuation(sql: string, from: number): number {
  let at = from
  while (isHorizontalSpace(sql.charCodeAt(at))) at++
  if (!isLineBreak(sql.charCodeAt(at))) return -1
  for (;;) {
    while (isSpace(sql.charCodeAt(at))) at++
    if (sql.charCodeAt(at) !== MINUS || sql.charCodeAt(at + 1) !== MINUS) break
    at = lineEnd(sql, at)
  }
  return sql.charCodeAt(at) === QUOTE ? at : -1
}

function numberEnd(sql: string, at: number): number {
  let end = at
  while (isDigit(sql.charCodeAt(end))) end++
  if (sql.charCodeAt(end) === DOT && sql.charCodeAt(end + 1) !== DOT) end++
  while (isDigit(sql.charCodeAt(end))) end++
  if ((sql.charCodeAt(end) | SMALL) === E) {
    const sign = sql.charCodeAt(end + 1)
    const digits = sign === 43 || sign === MINUS ? end + 2 : end + 1
    if (isDigit(sql.charCodeAt(digits))) end = digits
  }
  while (isWordPart(sql.charCodeAt(end)) && sql.charCodeAt(end) !== DOLLAR) end++
  return end
}
