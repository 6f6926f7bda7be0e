/** What a token is, as far as anybody here asks. */
export const Token = { end: 0, word: 1, placeholder: 2, semicolon: 3, open: 4, close: 5, other: 6 } as const

export type TokenKind = (typeof Token)[keyof typeof Token]

// Classes of characters that begin a token, after SQLite's own tokenizer. Class 0 begins none.
const SPACE = 1
const IDENTIFIER = 2
const DIGIT = 3
const QUOTE = 4
const BRACKET = 5
const VARIABLE = 6
const NUMBERED = 7
const MINUS = 8
const SLASH = 9
const DOT = 10
const PUNCTUATION = 11

const CLASSES = new Uint8Array(128)
const IDENTIFIER_CHARACTERS = new Uint8Array(128)

function classify(characters: string, kind: number): void {
  for (let at = 0; at < characters.length; at++) CLASSES[characters.charCodeAt(at)] = kind
}

classify('\t\n\f\r ', SPACE)
classify('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', IDENTIFIER)
classify('0123456789', DIGIT)
classify('\'"`', QUOTE)
classify('[', BRACKET)
classify('$@#:', VARIABLE)
classify('?', NUMBERED)
classify('-', MINUS)
classify('/', SLASH)
classify('.', DOT)
classify('()+*%=<>!|,&~;]', PUNCTUATION)
for (let code = 0; code < 128; code++) {
  const kind = CLASSES[code]
  IDENTIFIER_CHARACTERS[code] = kind === IDENTIFIER || kind === DIGIT || code === 36 ? 1 : 0
}

const BYTE_ORDER_MARK = 0xfeff

// Beyond the end charCodeAt gives NaN, which is in no class: every loop below ends there by itself.
function isIdentifierCharacter(code: number): boolean {
  return code < 128 ? IDENTIFIER_CHARACTERS[code] === 1 : code >= 128
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
}

// Only the first space of a run must be one that may begin it; a vertical tab may follow.
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

function isInSuffix(code: number): boolean {
  return !Number.isNaN(code) && !isSpace(code) && code !== 41
}

function isDigitOrSeparator(code: number): boolean {
  return isDigit(code) || code === 95
}

function skip(sql: string, at: number, belongs: (code: number) => boolean): number {
  let end = at
  while (belongs(sql.charCodeAt(end))) end++
  return end
}

function quotedEnd(sql: string, at: number): number {
  const quote = sql.charAt(at)
  let end = sql.indexOf(quote, at + 1)
  while (end >= 0 && sql.charAt(end + 1) === quote) end = sql.indexOf(quote, end + 2)
  return end < 0 ? sql.length : end + 1
}

// The line feed itself is no part of the comment before it.
function lineEnd(sql: string, from: number): number {
  const found = sql.indexOf('\n', from)
  return found < 0 ? sql.length : found
}

function endAfter(sql: string, terminator: string, from: number): number {
  const found = sql.indexOf(terminator, from)
  return found < 0 ? sql.length : found + terminator.length
}

function numberEnd(sql: string, at: number): number {
  let end = at
  const second = sql.charCodeAt(at + 1) | 32
  if (sql.charCodeAt(at) === 48 && second === 120 && isHexDigit(sql.charCodeAt(at + 2))) end = at + 2
  else end = decimalEnd(sql, at)
  return skip(sql, end, isIdentifierCharacter)
}

function decimalEnd(sql: string, at: number): number {
  let end = skip(sql, at, isDigitOrSeparator)
  if (sql.charCodeAt(end) === 46) end = skip(sql, end + 1, isDigitOrSeparator)
  if ((sql.charCodeAt(end) | 32) !== 101) return end
  const sign = sql.charCodeAt(end + 1)
  const digits = sign === 43 || sign === 45 ? end + 2 : end + 1
  return isDigit(sql.charCodeAt(digits)) ? skip(sql, digits, isDigitOrSeparator) : end
}

function wordEnd(sql: string, at: number): number {
  return skip(sql, at + 1, isIdentifierCharacter)
}

function isBlob(sql: string, at: number): boolean {
  return (sql.charCodeAt(at) | 32) === 120 && sql.charCodeAt(at + 1) === 39
}

/** Walks over the tokens of a text as SQLite's tokenizer does; white space and comments are passed over. */
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
      const code = sql.charCodeAt(at)
      const gap = this.#gapEnd(at, code)
      if (gap === at) return this.#token(at, code)
      this.end = gap
    }
  }

  #gapEnd(at: number, code: number): number {
    const { sql } = this
    if (code === BYTE_ORDER_MARK) return at + 1
    const kind = code < 128 ? CLASSES[code] : IDENTIFIER
    if (kind === SPACE) return skip(sql, at + 1, isSpace)
    if (kind === MINUS && sql.charCodeAt(at + 1) === 45) return lineEnd(sql, at + 2)
    // `/*` as the very end of the text is a slash and a star.
    if (kind === SLASH && sql.charCodeAt(at + 1) === 42 && at + 2 < sql.length) return endAfter(sql, '*/', at + 2)
    return at
  }

  #token(at: number, code: number): TokenKind {
    const { sql } = this
    switch (code < 128 ? CLASSES[code] : IDENTIFIER) {
      case IDENTIFIER:
        if (isBlob(sql, at)) return this.#ends(endAfter(sql, "'", at + 2), Token.other)
        return this.#ends(wordEnd(sql, at), Token.word)
      case DIGIT:
        return this.#ends(numberEnd(sql, at), Token.other)
      case DOT:
        return this.#ends(isDigit(sql.charCodeAt(at + 1)) ? numberEnd(sql, at) : at + 1, Token.other)
      case QUOTE:
        return this.#ends(quotedEnd(sql, at), Token.other)
      case BRACKET:
        return this.#ends(endAfter(sql, ']', at + 1), Token.other)
      case NUMBERED:
        return this.#ends(skip(sql, at + 1, isDigit), Token.placeholder)
      case VARIABLE:
        return this.#variable(at)
      default:
        return this.#ends(at + 1, punctuation(code))
    }
  }

  #ends(end: number, kind: TokenKind): TokenKind {
    this.end = end
    return kind
  }

  /** A name behind `:`, `@`, `$` or `#`, which may hold `::` and end in a part in parentheses. */
  #variable(at: number): TokenKind {
    const { sql } = this
    let end = at + 1
    let characters = 0
    for (; end < sql.length; end++) {
      const code = sql.charCodeAt(end)
      if (isIdentifierCharacter(code)) characters++
      else if (code === 40 && characters > 0) return this.#suffix(end)
      else if (code === 58 && sql.charCodeAt(end + 1) === 58) end++
      else break
    }
    return this.#ends(end, characters > 0 ? Token.placeholder : Token.other)
  }

  #suffix(open: number): TokenKind {
    const end = skip(this.sql, open + 1, isInSuffix)
    const closed = this.sql.charCodeAt(end) === 41
    return this.#ends(closed ? end + 1 : end, closed ? Token.placeholder : Token.other)
  }
}

function punctuation(code: number): TokenKind {
  if (code === 59) return Token.semicolon
  if (code === 40) return Token.open
  return code === 41 ? Token.close : Token.other
}
