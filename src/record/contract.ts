import type { Value } from '../contract/value.ts'
import type { Attribute, AttributeList } from './attribute-list.ts'
import type { Database } from './database.ts'
import type { Condition } from './query/condition.ts'

/*
 * What the parts of this folder know of each other: a record, its class, and the relations of the class. What a record
 * holds stands behind symbols, so that no column can have the name of any of it.
 */

export const DEFINITION: unique symbol = Symbol('definition')
export const SLOTS: unique symbol = Symbol('slots')
export const STORED: unique symbol = Symbol('stored')
export const STATUS: unique symbol = Symbol('status')
export const PEERS: unique symbol = Symbol('peers')
export const LOADED: unique symbol = Symbol('loaded')

/** `new`: the database does not have it; `stored`: it does; `deleted`: not any more. */
export type Status = 'new' | 'stored' | 'deleted'

/** A record as the parts of this folder see it. */
export interface Stateful {
  readonly [DEFINITION]: Definition
  /** A value for each attribute, in their order. */
  [SLOTS]: Slot[]
  /** The slots as the database has them; null as long as no attribute was given another value. */
  [STORED]: readonly Slot[] | null
  [STATUS]: Status
  /** The records that one query gave together with it; null if it came alone. */
  [PEERS]: readonly Stateful[] | null
  /** What was loaded of its relations. */
  [LOADED]: Map<Relation, LoadedPart> | null
}

/**
 * What stands for the value of an attribute: what the database gave, a {@link Boxed} value, `undefined` where none was
 * ever given, or {@link LEFT_OUT}.
 */
export type Slot = unknown

/** Stands for a value that the query did not ask for. */
export const LEFT_OUT: unique symbol = Symbol('left out')

/** A value that a program gave, or may change inside. */
export class Boxed {
  readonly value: unknown
  /** What the database has for it; undefined for a value that a program gave. */
  readonly raw: Slot

  constructor(value: unknown, raw: Slot) {
    this.value = value
    this.raw = raw
  }
}

/** A class of records. */
export interface ModelClass {
  new (): Stateful
  readonly name: string
}

/** What is known of a model, worked out once: its records refer to it and hold nothing of it. */
export interface Definition {
  readonly model: ModelClass
  /** The name of the class. */
  readonly name: string
  readonly table: string
  readonly attributes: AttributeList
  /** Its relations in the order in which the fields of the class are set. */
  readonly planned: PlannedRelation[]
  /** Its relations by the names of those fields. */
  readonly relations: ReadonlyMap<string, Relation>
  /** How classes share its table; null if it has but one. */
  readonly inheritance: Inheritance | null
  /** Its records load no relation by themselves. */
  readonly strict: boolean
  /** What it was connected to; throws if it was not. */
  readonly database: Database
}

/** How several classes share one table. */
export interface Inheritance {
  /** That rows are of this class, or of one that extends it. */
  conditionsFor(definition: Definition): readonly Condition[]
  /** The class of a row. */
  modelOf(definition: Definition, slots: readonly Slot[]): ModelClass
  /** What new records of this class have, and in which attribute. */
  typeOf(definition: Definition): readonly [Attribute, Value]
}

/** A relation as fields find it when a record is made: once for each field of each record, so that it must be quick. */
export interface PlannedRelation {
  readonly relation: Relation
  /** What the field of a record holds. */
  readonly handle: (record: Stateful) => object
}

/** A relation of a model to another, worked out once for the class. */
export interface Relation {
  /** The name of the field. */
  readonly name: string
  readonly owner: Definition
  readonly target: Definition
  /** The models that it may lead to, where there are several: then it has no single target. */
  readonly targets?: readonly Definition[]
  /** Many records, not at most one, belong to each. */
  readonly many: boolean
  /** What an owner is known by in the database; null if nothing can belong to it. */
  keyOf(owner: Stateful): Key | null
  /** How its rows are found in one statement with the owner's; undefined where they are not of one table. */
  readonly steps?: readonly Step[] | undefined
  /** Loads what belongs to each of these records, in one query, and then these relations of what was loaded. */
  load(owners: readonly Stateful[], nested: Includes): Promise<void>
}

/** By what records are known to belong together: the same for all values that a database takes for equal. */
export type Key = string | number

/** What was loaded of one relation of a record. */
export interface LoadedPart {
  /** What the record was known by then: with another key it is not what belongs to it. */
  readonly key: Key | null
  readonly records: readonly Stateful[]
}

/** One table on the way from the owner's rows to those of a relation. The last one is the target's. */
export interface Step {
  readonly table: string
  /** Columns of the table before, the owner's first, and those of this one that are equal to them. */
  readonly on: readonly (readonly [before: string, here: string])[]
  /** One of the columns is text and the other is not. */
  readonly asText?: boolean
  /** What else rows of this table must fulfil. */
  readonly where?: readonly Condition[]
}

/** Relations that are to be loaded, each with relations of what it gives. */
export interface Includes extends ReadonlyMap<string, Includes> {}
