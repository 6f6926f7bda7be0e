import { assign } from '../assign.ts'
import type { AttributeList } from '../attribute-list.ts'
import { takePeers, takeSlots } from '../birth.ts'
import { changesOf } from '../changes.ts'
import {
  DEFINITION,
  type Definition,
  LOADED,
  type LoadedPart,
  PEERS,
  PLANNED,
  type Relation,
  SLOTS,
  type Slot,
  STATUS,
  STORED,
  type Stateful,
  type Status,
} from '../contract.ts'
import { definitionOf } from '../define.ts'
import type { Attributes } from '../types.ts'

/** The attributes of a record, and what became of it. */
export abstract class AttributeHolder implements Stateful {
  readonly [DEFINITION]: Definition;
  [SLOTS]: Slot[];
  [STORED]: readonly Slot[] | null;
  [STATUS]: Status;
  [PEERS]: readonly Stateful[] | null;
  [LOADED]: Map<Relation, LoadedPart> | null;
  [PLANNED]: number

  // The same properties in the same order, whatever the record is made of: all records have one hidden class.
  constructor(attributes?: object) {
    const slots = takeSlots()
    this[DEFINITION] = definitionOf(new.target)
    this[SLOTS] = slots ?? blank(this[DEFINITION].attributes)
    this[STORED] = null
    this[STATUS] = slots ? 'stored' : 'new'
    this[PEERS] = slots ? takePeers() : null
    this[LOADED] = null
    this[PLANNED] = 0
    if (!slots && attributes !== undefined) assign(this, attributes)
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

  /**
   * Gives several attributes new values, of which none is written before `save()`; those that are undefined are left.
   *
   * @throws {ModelError} a name that no attribute has; nothing was assigned
   */
  assign(attributes: Partial<Attributes<this>>): this {
    assign(this, attributes)
    return this
  }
}

function blank(attributes: AttributeList): Slot[] {
  return new Array(attributes.size).fill(undefined)
}
