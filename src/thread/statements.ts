import { SecondChance } from '../base/second-chance.ts'
import type { Description, RowMode } from '../contract/value.ts'
import { type RowBuilder, type RowDecoder, rowBuilder, rowDecoder } from './rows.ts'

/** A statement as the loop's side of one lane knows it. */
export class KnownStatement {
  readonly number: number
  readonly sql: string
  readonly names: readonly string[] | null
  #description: Description | null = null
  #object: RowDecoder | null = null
  #tuple: RowDecoder | null = null
  #builder: RowBuilder | null = null
  #builderMode: RowMode = 'object'

  constructor(number: number, sql: string, names: readonly string[] | null) {
    this.number = number
    this.sql = sql
    this.names = names
  }

  /** The columns of its latest result. Setting them forgets how rows of the old ones were decoded. */
  get description(): Description | null {
    return this.#description
  }

  set description(description: Description | null) {
    this.#description = description
    this.#object = null
    this.#tuple = null
    this.#builder = null
  }

  /** The same, none for a statement without a result. */
  get columns(): Description {
    return this.#description ?? []
  }

  /** Reads its rows; throws when they cannot be handed over in that mode. */
  decoder(mode: RowMode): RowDecoder {
    if (mode === 'array') {
      this.#tuple ??= rowDecoder(this.#description ?? [], mode)
      return this.#tuple
    }
    this.#object ??= rowDecoder(this.#description ?? [], mode)
    return this.#object
  }

  /** Builds its rows from the columns of a chunk; throws when they cannot be handed over in that mode. */
  builder(mode: RowMode): RowBuilder {
    if (!this.#builder || this.#builderMode !== mode) {
      this.#builder = rowBuilder(this.columns, mode)
      this.#builderMode = mode
    }
    return this.#builder
  }
}

/** How many statements a connection keeps, unless its driver says otherwise. */
const STATEMENTS_KEPT = 256

/**
 * Which statements a lane's thread knows by number. The loop decides; the thread obeys. A statement may lose its number
 * while calls of it are under way: they were sent before.
 */
export class StatementBook {
  readonly #kept: SecondChance<KnownStatement>
  #next = 0

  /** @param capacity how many are known at the same time; at least the one that was asked for last */
  constructor(capacity: number = STATEMENTS_KEPT) {
    this.#kept = new SecondChance(Math.max(1, capacity))
  }

  get size(): number {
    return this.#kept.size
  }

  find(sql: string): KnownStatement | undefined {
    return this.#kept.get(sql)
  }

  /** Gives a statement a number, and tells which statement lost its own for it, if one had to. */
  add(sql: string, names: readonly string[] | null): { added: KnownStatement; forgotten: number | null } {
    const gone = this.#kept.next()
    const added = new KnownStatement(gone ? gone.number : this.#next++, sql, names)
    this.#kept.add(sql, added)
    return { added, forgotten: gone?.number ?? null }
  }
}
