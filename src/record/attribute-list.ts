import type { AnyColumn, ColumnSettings, Columns } from './columns/column.ts'
import type { ColumnType } from './columns/type.ts'
import { modelError } from './errors.ts'

/** One attribute of a model: a column of its table. */
export interface Attribute {
  readonly name: string
  /** The name of the column. */
  readonly column: string
  readonly type: ColumnType
  /** Where its values stand in the slots of a record. */
  readonly index: number
  readonly settings: ColumnSettings
}

/** The attributes of a model, in order. */
export class AttributeList implements Iterable<Attribute> {
  readonly #all: readonly Attribute[]
  readonly #byName: ReadonlyMap<string, Attribute>
  /** What a row is known by. */
  readonly key: readonly Attribute[]

  constructor(columns: Columns) {
    this.#all = Object.entries(columns).map(([name, column], index) => attributeOf(name, column, index))
    this.#byName = new Map(this.#all.map((attribute) => [attribute.name, attribute]))
    this.key = this.#all.filter(({ settings }) => settings.primaryKey)
  }

  [Symbol.iterator](): IterableIterator<Attribute> {
    return this.#all.values()
  }

  get size(): number {
    return this.#all.length
  }

  /** The attribute of this name, or undefined. */
  find(name: string): Attribute | undefined {
    return this.#byName.get(name)
  }

  /** The attribute of this name, which `owner` is expected to have. */
  get(name: string, owner: string): Attribute {
    const found = this.#byName.get(name)
    if (found) return found
    const known = this.#all.map((attribute) => attribute.name).join(', ')
    throw modelError('UNKNOWN_ATTRIBUTE', `${owner} has no attribute ${JSON.stringify(name)}; it has ${known}`)
  }
}

function attributeOf(name: string, { settings }: AnyColumn, index: number): Attribute {
  return { name, column: settings.name ?? name, type: settings.type, index, settings }
}
