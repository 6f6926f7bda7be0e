import { inspect } from 'node:util'
import { adopt } from '../adopt.ts'
import { type AssignOptions, assign } from '../assign.ts'
import { undefinedValue } from '../attribute-errors.ts'
import type { AttributeList } from '../attribute-list.ts'
import { changedAttributes, isChanged, readAttribute } from '../attributes.ts'
import { takePeers, takeSlots } from '../birth.ts'
import { changesOf } from '../changes.ts'
import {
  DEFINITION,
  type Definition,
  LOADED,
  type LoadedPart,
  PEERS,
  type Relation,
  SLOTS,
  type Slot,
  STATUS,
  STORED,
  type Stateful,
  type Status,
} from '../contract.ts'
import { applyDefaults } from '../defaults.ts'
import { definitionOf } from '../define.ts'
import { beginFields } from '../fields.ts'
import { jsonOf, objectOf, type Picked } from '../hash.ts'
import { isSameRow, keyTextOf } from '../identity.ts'
import { shown } from '../shown.ts'
import type { Attributes } from '../types.ts'

/** The attributes of a record, and what became of it. */
export abstract class AttributeHolder implements Stateful {
  // Declared only: a field would be set a second time for each record.
  declare readonly [DEFINITION]: Definition
  declare [SLOTS]: Slot[]
  declare [STORED]: readonly Slot[] | null
  declare [STATUS]: Status
  declare [PEERS]: readonly Stateful[] | null
  declare [LOADED]: Map<Relation, LoadedPart> | null

  // A record has of its own what others have not. The rest stands on the prototype until it is another one.
  constructor(attributes?: object) {
    const slots = takeSlots()
    const definition = definitionOf(new.target)
    if (slots) {
      this[SLOTS] = slots
      this[PEERS] = takePeers()
      beginFields(this)
      return
    }
    this[SLOTS] = blank(definition.attributes)
    this[PEERS] = null
    this[STATUS] = 'new'
    if (attributes !== undefined) assign(this, attributes)
    applyDefaults(this)
    beginFields(this)
  }

  /** Not saved yet. */
  get isNew(): boolean {
    return this[STATUS] === 'new'
  }

  /** Deleted by this record's own `delete()`. */
  get isDeleted(): boolean {
    return this[STATUS] === 'deleted'
  }

  /** The attributes that have other values than the database has: what it has, and what is to be. */
  get changes(): { readonly [K in keyof Attributes<this>]?: readonly [before: unknown, after: unknown] } {
    return changesOf(this)
  }

  /** Whether this attribute has another value than the database has; without a name, whether any has. */
  isChanged(name?: keyof Attributes<this> & string): boolean {
    adopt(this)
    if (name === undefined) return changedAttributes(this).length > 0
    const { attributes, name: owner } = this[DEFINITION]
    return isChanged(this, attributes.get(name, owner))
  }

  /** The value of an attribute, also of one that has the name of a method. */
  get<K extends keyof Attributes<this> & string>(name: K): Attributes<this>[K] {
    adopt(this)
    const { attributes, name: owner } = this[DEFINITION]
    return readAttribute(this, attributes.get(name, owner)) as Attributes<this>[K]
  }

  /** Gives an attribute another value, also one that has the name of a method. */
  set<K extends keyof Attributes<this> & string>(name: K, value: Attributes<this>[K]): this {
    const { attributes, name: owner } = this[DEFINITION]
    if (value === undefined) throw undefinedValue(this, attributes.get(name, owner))
    assign(this, { [name]: value })
    return this
  }

  /** The attributes by name, as they are now. What the query left out is not there, unless `only` asks for it. */
  toObject<K extends keyof Attributes<this> & string = keyof Attributes<this> & string>(
    options: Picked<K> = {},
  ): Partial<Attributes<this>> {
    return objectOf(this, options) as Partial<Attributes<this>>
  }

  /** The same without those that are null, unless `includeBlank`. */
  toHash<K extends keyof Attributes<this> & string = keyof Attributes<this> & string>(
    options: Picked<K> & { readonly includeBlank?: boolean } = {},
  ): Partial<Attributes<this>> {
    return objectOf(this, { includeBlank: false, ...options }) as Partial<Attributes<this>>
  }

  /** What `JSON.stringify` writes: the attributes without secrets, bigint as text, bytes in base64, a Date as ISO 8601. */
  toJSON(): Record<string, unknown> {
    return jsonOf(this)
  }

  /** The record in one line, long values cut: `<User id: 1, name: 'ann'>`. */
  toString(): string {
    return shown(this)
  }

  [inspect.custom](): string {
    return shown(this)
  }

  /** Its class and key as one text, the same for all records of one row: for a Map, or a Set. Throws if it was not saved. */
  get key(): string {
    return keyTextOf(this)
  }

  /** Whether the other record is of the same row: of the same class, and with the same key. A new one equals only itself. */
  equals(other: unknown): boolean {
    return isSameRow(this, other)
  }

  /**
   * Gives several attributes new values, of which none is written before `save()`; those that are undefined are left.
   *
   * @throws {ModelError} a name that no attribute has, or that is not among `only`; nothing was assigned
   */
  assign(attributes: Partial<Attributes<this>>, options?: AssignOptions<keyof Attributes<this> & string>): this
  /** The same of values that came from elsewhere: `only` says which of them may be given. */
  assign(attributes: object, options: Required<AssignOptions<keyof Attributes<this> & string>>): this
  assign(attributes: object, options?: AssignOptions): this {
    assign(this, attributes, options)
    return this
  }
}

Object.assign(AttributeHolder.prototype, { [STORED]: null, [STATUS]: 'stored', [LOADED]: null })

function blank(attributes: AttributeList): Slot[] {
  return new Array(attributes.size).fill(undefined)
}
