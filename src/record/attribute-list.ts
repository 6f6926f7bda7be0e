import { describe } from '../contract/checks.ts'
import { type AnyColumn, Column, type ColumnSettings, type Columns, type Upkeep } from './columns/column.ts'
import type { ColumnType } from './columns/type.ts'
import { modelError } from './errors.ts'
import { checkIdentifier } from './names/identifier.ts'
import { type Naming, plain } from './names/styles.ts'
import { checkedSettings } from './settings.ts'

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
  #all: readonly Attribute[] = []
  #byName: ReadonlyMap<string, Attribute> = new Map()
  #key: readonly Attribute[] = []
  #kept: Kept = {}
  #mark = ''

  constructor(columns: Columns, naming: Naming = plain, table = '') {
    const all = Object.entries(columns).map(([name, column], index) => attributeOf(name, column, index, naming, table))
    this.set(checkDistinct(all))
  }

  protected set(all: readonly Attribute[]): void {
    this.#all = all
    this.#byName = new Map(all.map((attribute) => [attribute.name, attribute]))
    this.#key = all.filter(({ settings }) => settings.primaryKey)
    this.#mark = markOf(all)
    this.#kept = Object.fromEntries(all.flatMap((one) => (one.settings.upkeep ? [[one.settings.upkeep, one]] : [])))
  }

  [Symbol.iterator](): IterableIterator<Attribute> {
    return this.#all.values()
  }

  /** How many slots a record has. */
  get size(): number {
    return this.#all.length
  }

  /** What a row is known by. */
  get key(): readonly Attribute[] {
    return this.#key
  }

  /** The same for lists with the same columns, of the same types, key and upkeep, and for no others: models may have one table and other columns. */
  get mark(): string {
    return this.#mark
  }

  /** Those that records keep up by themselves. */
  get kept(): Kept {
    return this.#kept
  }

  /** The attribute of this name, or undefined. */
  find(name: string): Attribute | undefined {
    return this.#byName.get(name)
  }

  /** The attribute of this name, which `owner` is expected to have. */
  get(name: string, owner: string): Attribute {
    const found = this.find(name)
    if (found) return found
    const known = this.#all.map((attribute) => attribute.name).join(', ')
    throw modelError('UNKNOWN_ATTRIBUTE', `${owner} has no attribute ${JSON.stringify(name)}; it has ${known}`)
  }
}

const marks = new Map<string, string>()

function markOf(all: readonly Attribute[]): string {
  const text = JSON.stringify(
    all.map(({ column, settings, type }) => [column, settings.primaryKey, settings.upkeep, type.storage, type.limits]),
  )
  const mark = marks.get(text) ?? `#${marks.size}`
  marks.set(text, mark)
  return mark
}

type Kept = { readonly [U in Upkeep]?: Attribute }

function checkDistinct(all: readonly Attribute[]): readonly Attribute[] {
  const names = new Set<string>()
  for (const { column } of all) {
    if (names.has(column)) throw modelError('INVALID_MODEL', `two attributes have the column ${JSON.stringify(column)}`)
    names.add(column)
  }
  return all
}

function attributeOf(name: string, given: AnyColumn, index: number, naming: Naming, table: string): Attribute {
  checkIdentifier(`the attribute ${JSON.stringify(name)}`, name)
  if (!(given instanceof Column)) {
    throw modelError(
      'INVALID_MODEL',
      `${name} must be declared by a column such as column.text(), not ${describe(given)}`,
    )
  }
  const { settings } = given
  const column = settings.name ?? naming.column(name, table)
  checkIdentifier(`the column ${JSON.stringify(column)} of the attribute ${name}`, column)
  return { name, column, type: settings.type, index, settings: checkedSettings(name, settings) }
}
