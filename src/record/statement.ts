import type { AnyKysely, Dialect, RawBuilder } from '../sql/index.ts'

/** Stands for a value while SQL is written. */
class Place {
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

/** A statement whose text was written once. Values are given in the order in which `place` was asked for them. */
export interface Statement {
  readonly sql: string
  /** Puts values in the order in which the text has them. */
  bind(values: readonly unknown[]): readonly unknown[]
}

/** Gives the next value's place. */
export type NextPlace = () => unknown

/** Writes a statement, or a part of one. */
export type Write = (place: NextPlace) => RawBuilder<unknown>

/** Writes a statement. */
export function written(writer: AnyKysely, write: Write): Statement {
  let count = 0
  const { sql, parameters } = write(() => new Place(count++)).compile(writer)
  if (parameters.length === count && parameters.every((at, index) => at instanceof Place && at.index === index)) {
    return { sql, bind: (values) => values }
  }
  return { sql, bind: (values) => parameters.map((at) => (at instanceof Place ? values[at.index] : at)) }
}

/** What the text of a statement depends on, and its values. */
export class Shape {
  /** Texts with the same key are the same. */
  key: string
  readonly values: unknown[] = []
  /** Somebody wrote SQL by hand: the key does not tell it apart. */
  byHand = false
  readonly dialect: Dialect | undefined

  constructor(key: string, dialect?: Dialect) {
    this.key = key
    this.dialect = dialect
  }

  /** Adds what the text depends on. Each part has its length before it, so that two cannot be taken for others. */
  add(part: string): void {
    this.key += `${part.length}:${part}`
  }
}

/** How many texts a database keeps at most. */
const KEPT = 2000

/** The texts of statements that were written before, by their shape. Those that nobody asked for lately are forgotten. */
export class Statements {
  readonly #writer: AnyKysely
  readonly #kept: number
  #recent = new Map<string, Statement>()
  #older = new Map<string, Statement>()

  constructor(writer: AnyKysely, kept = KEPT) {
    this.#writer = writer
    this.#kept = kept
  }

  /** How many texts it has. */
  get size(): number {
    return this.#recent.size + this.#older.size
  }

  /** The statement of this shape, written if it is new. */
  of({ key, byHand }: Shape, write: Write): Statement {
    if (byHand) return written(this.#writer, write)
    const recent = this.#recent.get(key)
    if (recent) return recent
    const statement = this.#older.get(key) ?? written(this.#writer, write)
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
