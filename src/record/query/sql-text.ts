import type { Dialect } from '../../sql/index.ts'
import { modelError } from '../errors.ts'

/*
 * Reads a piece of SQL as far as needed to find its placeholders: what stands in literals, quoted names and comments is
 * left alone, and so are operators with a question mark. By what rules these end is the dialect's matter.
 */

const NAME_START = /[A-Za-z_\u0080-\uffff]/
const NAME = /[\w$\u0080-\uffff]+/y
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y

/** The text between the placeholders of one expression. Throws where it is not one whole expression. */
export function betweenPlaces(text: string, dialect: Dialect): readonly string[] {
  return new SqlText(text, dialect).pieces()
}

class SqlText {
  readonly #text: string
  readonly #dialect: Dialect
  readonly #pieces: string[] = []
  /** Where the current piece starts. */
  #piece = ''
  #at = 0
  #depth = 0

  constructor(text: string, dialect: Dialect) {
    this.#text = text
    this.#dialect = dialect
  }

  pieces(): readonly string[] {
    while (this.#at < this.#text.length) this.#step()
    if (this.#depth > 0) throw unfit('a parenthesis is not closed')
    return [...this.#pieces, this.#piece]
  }

  #step(): void {
    const character = this.#text.charAt(this.#at)
    const end = this.#gapEnd(character)
    if (end > this.#at) this.#take(end)
    else if (character === '?') this.#questionMark()
    else this.#symbol(character)
  }

  /** Where that ends which begins here and holds no placeholder. */
  #gapEnd(character: string): number {
    const { [this.#at + 1]: next } = this.#text
    switch (character) {
      case "'":
      case '"':
        return this.#quotedEnd(character, this.#dialect === 'mysql')
      case '`':
        return this.#dialect === 'postgres' ? this.#at : this.#quotedEnd(character, false)
      case '[':
        return this.#dialect === 'sqlite' ? this.#endAfter(']', 'a name in brackets') : this.#at
      case '-':
        return next === '-' && this.#isComment() ? this.#lineEnd() : this.#at
      case '#':
        return this.#dialect === 'mysql' ? this.#lineEnd() : this.#at
      case '/':
        return next === '*' ? this.#commentEnd() : this.#at
      case '$':
        return this.#dialect === 'postgres' ? this.#dollarEnd() : this.#at
      default:
        return NAME_START.test(character) ? this.#nameEnd() : this.#at
    }
  }

  // In MySQL two dashes begin a comment only if something blank follows.
  #isComment(): boolean {
    return this.#dialect !== 'mysql' || !/\S/.test(this.#text.charAt(this.#at + 2))
  }

  #quotedEnd(quote: string, escapes: boolean, from = this.#at): number {
    const text = this.#text
    for (let at = from + 1; at < text.length; at++) {
      const character = text.charAt(at)
      if (escapes && character === '\\') at++
      else if (character === quote && text.charAt(at + 1) === quote) at++
      else if (character === quote) return at + 1
    }
    throw unfit(`a ${quote} is not closed`)
  }

  #endAfter(terminator: string, what: string, from = this.#at + 1): number {
    const found = this.#text.indexOf(terminator, from)
    if (found >= 0) return found + terminator.length
    throw unfit(`${what} is not closed`)
  }

  #lineEnd(): number {
    const found = this.#text.indexOf('\n', this.#at)
    return found < 0 ? this.#text.length : found + 1
  }

  #commentEnd(): number {
    if (this.#dialect !== 'postgres') return this.#endAfter('*/', 'a comment', this.#at + 2)
    const marks = /\/\*|\*\//g
    marks.lastIndex = this.#at
    let depth = 0
    for (let mark = marks.exec(this.#text); mark; mark = marks.exec(this.#text)) {
      depth += mark[0] === '/*' ? 1 : -1
      if (depth === 0) return marks.lastIndex
    }
    throw unfit('a comment is not closed')
  }

  #dollarEnd(): number {
    DOLLAR_QUOTE.lastIndex = this.#at
    const [quote] = DOLLAR_QUOTE.exec(this.#text) ?? []
    return quote ? this.#endAfter(quote, `what is quoted by ${quote}`, this.#at + quote.length) : this.#at
  }

  #nameEnd(): number {
    NAME.lastIndex = this.#at
    NAME.exec(this.#text)
    const end = NAME.lastIndex
    const isEscaped = this.#dialect === 'postgres' && /^e$/i.test(this.#text.slice(this.#at, end))
    return isEscaped && this.#text.charAt(end) === "'" ? this.#quotedEnd("'", true, end) : end
  }

  #questionMark(): void {
    const next = this.#text.charAt(this.#at + 1)
    if (this.#dialect === 'postgres') {
      if (next === '?') return this.#operator('?', 2)
      // ?|| is a value and what is joined to it.
      const isJoined = this.#text.startsWith('||', this.#at + 1)
      if ((next === '|' && !isJoined) || next === '&' || this.#text.charAt(this.#at - 1) === '@')
        return this.#take(this.#at + 1)
    }
    if (/\d/.test(next)) throw unfit('its placeholders are numbered: ? alone stands for the next value')
    this.#pieces.push(this.#piece)
    this.#piece = ''
    this.#at += 1
  }

  #operator(text: string, length: number): void {
    this.#piece += text
    this.#at += length
  }

  #symbol(character: string): void {
    if (character === ';') throw unfit('it holds a semicolon')
    if (character === '(') this.#depth += 1
    if (character === ')') this.#depth -= 1
    if (this.#depth < 0) throw unfit('it closes a parenthesis that it does not open')
    this.#take(this.#at + 1)
  }

  #take(end: number): void {
    this.#piece += this.#text.slice(this.#at, end)
    this.#at = end
  }
}

function unfit(why: string): Error {
  return modelError('INVALID_QUERY', `the SQL of a condition is not one expression: ${why}`)
}
