import type { AnyKysely, RawBuilder } from '../sql/index.ts'

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

  constructor(key: string) {
    this.key = key
  }

  /** Adds what the text depends on. Parts end in a character that no name has, so that they cannot run together. */
  add(part: string): void {
    this.key += `${part}\u0000`
  }
}

/** How many different texts a model keeps. */
const KEPT = 1000

/** The texts of statements that were written before, by their shape. */
export class Statements {
  readonly #writer: AnyKysely
  readonly #known = new Map<string, Statement>()

  constructor(writer: AnyKysely) {
    this.#writer = writer
  }

  /** The statement of this shape, written if it is new. */
  of({ key, byHand }: Shape, write: Write): Statement {
    const known = byHand ? undefined : this.#known.get(key)
    if (known) return known
    const statement = written(this.#writer, write)
    if (!byHand) this.#keep(key, statement)
    return statement
  }

  #keep(key: string, statement: Statement): void {
    if (this.#known.size >= KEPT) this.#known.clear()
    this.#known.set(key, statement)
  }
}
