import { Token, type TokenKind, Tokens } from './tokens.ts'

/** An INSERT of one row, taken apart where several rows can stand. */
export interface InsertText {
  /** The table, as the statement names it. */
  readonly table: string
  /** All up to the row. */
  readonly head: string
  /** The row: the texts between its placeholders, and the numbers of these. */
  readonly between: readonly string[]
  readonly numbers: readonly number[]
  /** All behind the row. */
  readonly tail: string
}

/**
 * Takes an INSERT apart; null unless it is one of one row of placeholders and constants, which may be cast, into plain
 * columns, with ON CONFLICT ... DO NOTHING behind it or nothing.
 */
export function insertText(sql: string): InsertText | null {
  const reader = new Reader(sql)
  const table = readTarget(reader)
  if (table === null) return null
  const from = reader.start
  const row = readRow(reader)
  if (!row || !readConflict(reader)) return null
  while (reader.kind === Token.semicolon) reader.next()
  if (reader.kind !== Token.end) return null
  const [between, end] = row
  return { table, head: sql.slice(0, from), ...between, tail: sql.slice(end) }
}

/** The text that inserts so many rows. */
export function severalRows({ head, between, numbers, tail }: InsertText, rows: number, width: number): string {
  const texts: string[] = []
  for (let row = 0; row < rows; row++) {
    let text = between[0] as string
    for (let i = 0; i < numbers.length; i++) text += `$${(numbers[i] as number) + row * width}${between[i + 1]}`
    texts.push(text)
  }
  return head + texts.join(', ') + tail
}

/** Stands at a token; knows its text in capitals where that may be a keyword or a sign. */
class Reader {
  readonly sql: string
  readonly #tokens: Tokens
  kind: TokenKind = Token.end
  text = ''
  /** Where the token before this one ends. */
  before = 0

  constructor(sql: string) {
    this.sql = sql
    this.#tokens = new Tokens(sql)
    this.next()
  }

  get start(): number {
    return this.#tokens.start
  }

  get isName(): boolean {
    return this.kind === Token.word || this.text.startsWith('"')
  }

  next(): void {
    this.before = this.#tokens.end
    this.kind = this.#tokens.next()
    this.text = this.#tokens.text.toUpperCase()
  }

  /** Passes over the tokens if they are these. */
  take(...texts: string[]): boolean {
    for (const text of texts) {
      if (this.text !== text) return false
      this.next()
    }
    return true
  }

  takeName(): boolean {
    if (!this.isName) return false
    this.next()
    return true
  }

  takeNumber(): boolean {
    if (!/^\d+$/.test(this.text)) return false
    this.next()
    return true
  }
}

/** Passes over `INSERT INTO s.t AS x (a, b) VALUES` and gives the table's name. */
function readTarget(reader: Reader): string | null {
  if (!reader.take('INSERT', 'INTO')) return null
  const { start } = reader
  if (!reader.takeName() || (reader.take('.') && !reader.takeName())) return null
  const table = reader.sql.slice(start, reader.before)
  if (reader.take('AS') && !reader.takeName()) return null
  if (reader.text === '(' && !readNames(reader)) return null
  return reader.take('VALUES') ? table : null
}

/** Passes over `(a, b)`. */
function readNames(reader: Reader): boolean {
  reader.next()
  do {
    if (!reader.takeName()) return false
  } while (reader.take(','))
  return reader.take(')')
}

type Row = [Pick<InsertText, 'between' | 'numbers'>, number]

/** Passes over `($1, 'x', $2::jsonb)`. */
function readRow(reader: Reader): Row | null {
  const between: string[] = []
  const numbers: number[] = []
  let from = reader.start
  if (!reader.take('(')) return null
  do {
    if (reader.kind === Token.parameter) {
      between.push(reader.sql.slice(from, reader.start))
      numbers.push(Number(reader.text.slice(1)))
      reader.next()
      from = reader.before
    } else if (!readConstant(reader)) return null
    while (reader.take(':')) if (!reader.take(':') || !readType(reader)) return null
  } while (reader.take(','))
  if (!reader.take(')')) return null
  between.push(reader.sql.slice(from, reader.before))
  return [{ between, numbers }, reader.before]
}

const CONSTANTS: ReadonlySet<string> = new Set(['NULL', 'TRUE', 'FALSE', 'DEFAULT'])
const LITERAL = /^(?:E?'|\.?\d|\$)/

function readConstant(reader: Reader): boolean {
  const isSigned = reader.take('-')
  if (isSigned ? !/^\.?\d/.test(reader.text) : !CONSTANTS.has(reader.text) && !LITERAL.test(reader.text)) return false
  reader.next()
  return true
}

const TYPE_WORDS: ReadonlySet<string> = new Set(['PRECISION', 'VARYING', 'WITH', 'WITHOUT', 'TIME', 'ZONE'])

/** Passes over `timestamp(3) with time zone`, `s."Mood"[]`. */
function readType(reader: Reader): boolean {
  if (!reader.takeName() || (reader.take('.') && !reader.takeName())) return false
  while (TYPE_WORDS.has(reader.text) || reader.text === '(') {
    if (reader.text === '(' ? !readNumbers(reader) : !reader.takeName()) return false
  }
  while (reader.take('[')) {
    reader.takeNumber()
    if (!reader.take(']')) return false
  }
  return true
}

/** Passes over `(10, 2)`. */
function readNumbers(reader: Reader): boolean {
  reader.next()
  do {
    if (!reader.takeNumber()) return false
  } while (reader.take(','))
  return reader.take(')')
}

/** Passes over `ON CONFLICT (a, b) DO NOTHING`, if that is there; false when something else is. */
function readConflict(reader: Reader): boolean {
  if (!reader.take('ON')) return true
  if (!reader.take('CONFLICT')) return false
  if (reader.text === '(') {
    if (!readNames(reader)) return false
  } else if (reader.take('ON')) {
    if (!reader.take('CONSTRAINT') || !reader.takeName()) return false
  }
  return reader.take('DO', 'NOTHING')
}
