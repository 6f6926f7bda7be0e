import { accessorOf } from './accessors.ts'
import { type Attribute, AttributeList } from './attribute-list.ts'
import { newColumn } from './columns/column.ts'
import { loose, whatever } from './columns/loose.ts'
import { modelError } from './errors.ts'
import type { Naming } from './names/styles.ts'
import type { TableColumn } from './schema/description.ts'

type Draft = { -readonly [K in keyof Attribute]: Attribute[K] }

const UNPLACED = -1

/**
 * The attributes of a model that are those which its table has. They are found out when the model is first used, and
 * again when the table changed: an attribute that stays keeps its place in the slots of all records that there are, and
 * one that is asked for before is made, in the hope that the table will have it.
 */
export class TableAttributes extends AttributeList {
  readonly #owner: { readonly name: string; readonly table: string }
  readonly #prototype: object
  readonly #naming: Naming
  readonly #drafts = new Map<string, Draft>()
  #places = 0
  #hoped = false
  /** What they were taken from; null before that. */
  #source: object | null = null

  constructor(owner: { readonly name: string; readonly table: string }, prototype: object, naming: Naming) {
    super({})
    this.#owner = owner
    this.#prototype = prototype
    this.#naming = naming
  }

  /** Whether these are the attributes that were taken from `source`. */
  isOf(source: object): boolean {
    return this.#source === source
  }

  get isKnown(): boolean {
    return this.#source !== null
  }

  override [Symbol.iterator](): IterableIterator<Attribute> {
    this.#mustBeKnown()
    return super[Symbol.iterator]()
  }

  override get size(): number {
    return this.#places
  }

  override get key(): readonly Attribute[] {
    this.#mustBeKnown()
    return super.key
  }

  /** The attribute of this name, whether the table is known to have it or not. */
  override get(name: string): Attribute {
    return this.find(name) ?? this.#draft(name)
  }

  /** Whether a row of the table, as it is read, has its values where a record has them. */
  get isInPlace(): boolean {
    let place = 0
    for (const { index } of this) if (index !== place++) return false
    return place === this.#places
  }

  /** Whether attributes were asked for that the table was not known to have. */
  get hopes(): boolean {
    return this.#hoped
  }

  /** Takes over what the table has. */
  take(source: object, columns: readonly TableColumn[]): void {
    const before = new Set(this.#source ? this : [])
    const found = columns.map((column) => this.#placed(column))
    this.#source = source
    this.#hoped = false
    for (const [name, { index }] of this.#drafts) if (index === UNPLACED) this.#drafts.delete(name)
    this.set(found)
    for (const { name } of before) if (!this.find(name)) Reflect.deleteProperty(this.#prototype, name)
    for (const attribute of found) if (!before.has(attribute)) accessorOf(this.#prototype, attribute)
  }

  #placed(column: TableColumn): Attribute {
    const { table } = this.#owner
    const draft = this.#draft(this.#naming.attribute(column.name, table))
    if (draft.index === UNPLACED) draft.index = this.#places++
    draft.column = column.name
    draft.type = loose(column.storage, column.limits)
    draft.settings = {
      ...newColumn(draft.type, undefined).settings,
      nullable: column.nullable,
      primaryKey: column.keyPosition > 0,
      databaseDefault: column.default === null && !column.generated ? null : true,
    }
    return draft
  }

  #draft(name: string): Draft {
    const known = this.#drafts.get(name)
    if (known) return known
    const column = this.#naming.column(name, this.#owner.table)
    const { settings } = newColumn(whatever, undefined)
    const draft: Draft = { name, column, type: whatever, index: UNPLACED, settings }
    this.#drafts.set(name, draft)
    this.#hoped = true
    return draft
  }

  #mustBeKnown(): void {
    if (this.#source) return
    const { name } = this.#owner
    throw modelError(
      'SCHEMA_NOT_READ',
      `the columns of ${name} are read from the database when it is first used: await ${name}.loadSchema() before this`,
    )
  }
}
