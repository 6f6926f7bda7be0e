import type { AnyKysely, Dialect, RawBuilder } from '../sql/index.ts'
import type { Attribute } from './attribute-list.ts'
import { type Sending, sendingOf } from './sending.ts'

/** Stands for a value while SQL is written. */
class Place {
  readonly index: number
  readonly sending: Sending | null

  constructor(index: number, sending: Sending | null) {
    this.index = index
    this.sending = sending
  }

  of(values: readonly unknown[]): unknown {
    const value = values[this.index]
    return this.sending ? this.sending(value) : value
  }
}

/** A statement whose text was written once. Values are given in the order in which `place` was asked for them. */
export interface Statement {
  readonly sql: string
  /** The values stand as they are given, in their order. */
  readonly isPlain: boolean
  /** Puts values in the order in which the text has them, and as the database takes them. */
  bind(values: readonly unknown[]): readonly unknown[]
}

/** Gives the next value's place. The value is one of the attribute that is given. */
export type NextPlace = (of?: Attribute) => unknown

/** Writes a statement, or a part of one. */
export type Write = (place: NextPlace) => RawBuilder<unknown>

/** Writes a statement. */
export function written({ writer, dialect }: Language, write: Write): Statement {
  let count = 0
  const place: NextPlace = (of) => new Place(count++, of ? sendingOf(of, dialect) : null)
  const { sql, parameters } = write(place).compile(writer)
  if (parameters.length === count && parameters.every(isAsGiven)) {
    return { sql, isPlain: true, bind: (values) => values }
  }
  return { sql, isPlain: false, bind: (values) => parameters.map((at) => (at instanceof Place ? at.of(values) : at)) }
}

function isAsGiven(at: unknown, index: number): boolean {
  return at instanceof Place && at.index === index && at.sending === null
}

/** How SQL is written. */
export interface Language {
  readonly dialect: Dialect
  readonly writer: AnyKysely
}

/** What the text of a statement depends on, and its values. */
export class Shape {
  /** Texts with the same key are the same. */
  key: string
  readonly values: unknown[] = []
  /** Somebody wrote SQL by hand: the key does not tell it apart. */
  byHand = false
  readonly dialect: Dialect

  constructor(key: string, dialect: Dialect) {
    this.key = key
    this.dialect = dialect
  }

  /** Adds what the text depends on. Each part has its length before it, so that two cannot be taken for others. */
  add(part: string): void {
    this.key += `${part.length}:${part}`
  }

  /** Adds a column. Two models may declare one in different ways, which is then written and sent in different ways. */
  addColumn({ column, type }: Attribute): void {
    this.add(column)
    if (this.dialect !== 'sqlite') this.add(`${type.storage} ${JSON.stringify(type.limits ?? null)}`)
  }
}

/** How many texts a database keeps at most. */
const KEPT = 2000

/** The texts of statements that were written before, by their shape. Those that nobody asked for lately are forgotten. */
export class Statements {
  readonly #language: Language
  readonly #kept: number
  #recent = new Map<string, Statement>()
  #older = new Map<string, Statement>()

  constructor(language: Language, kept = KEPT) {
    this.#language = language
    this.#kept = kept
  }

  /** How many texts it has. */
  get size(): number {
    return this.#recent.size + this.#older.size
  }

  /** The statement of this shape, written if it is new. */
  of({ key, byHand }: Shape, write: Write): Statement {
    if (byHand) return written(this.#language, write)
    const recent = this.#recent.get(key)
    if (recent) return recent
    const statement = this.#older.get(key) ?? written(this.#language, write)
    this.#keep(key, statement)
    return statement
  }

  #keep(key: string, statement: Statement): void {
    if (this.#recent.size >= this.#kept / 2) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, statement)
  }
}
