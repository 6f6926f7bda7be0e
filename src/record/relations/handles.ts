import type { Columns } from '../columns/column.ts'
import type { Scoped } from '../query/query.ts'
import type { ColumnsOf, Given, GivenMember, KeyLike, NewAttributes, RowOf, Where } from '../types.ts'
import type { Wanted, WantedLinked } from './options.ts'
import type { Related } from './types.ts'

/** A relation that is loaded. */
interface Holding<V> {
  readonly value: V
}

/** What every relation of a record can do. */
interface Loadable<V> {
  /** Whether it was loaded, by `include`, `load` or `get`. */
  readonly isLoaded: boolean
  /**
   * Loads it, unless that was done before: for all records that came from the same query, in one query.
   *
   * @throws {RecordStateError} the record was not saved yet, or is deleted
   */
  load(): Promise<this & Holding<V>>
  /** Reads it anew, for this record alone. */
  reload(): Promise<this & Holding<V>>
}

/** How the records of one model that are related to one are asked for. */
interface Askable<out T, W, S = unknown> {
  /** A query for them, to be refined. Asked anew each time. */
  query(): Scoped<T, ColumnsOf<T>, unknown, S>
  /** How many there are in the database. */
  count(wanted?: W): Promise<number>
  /** Whether there is any in the database. */
  exists(wanted?: W): Promise<boolean>
  /** Whether this one is among them. */
  has(record: T): Promise<boolean>
}

/** Which records are counted. */
type Counted<T> = Pick<Wanted<T>, 'where'>

/** How many records are read. */
interface Listed<out T, W> extends Loadable<readonly T[]> {
  /** All of them: those that were loaded, or else they are loaded now, as `load()` does. */
  get(): Promise<readonly T[]>
  /** Those that are wanted, read from the database each time. */
  get(wanted: W): Promise<T[]>
  /** The first of those that are wanted, or null. */
  first(wanted?: W): Promise<T | null>
}

/** Many records that belong to one. `S` are the scopes of their class, `F` the attributes that say to whom they belong. */
export interface HasMany<out T, out S = unknown, F = KeyLike>
  extends Related<T, true>,
    Listed<T, Wanted<T>>,
    Askable<T, Counted<T>, S> {
  /**
   * Makes these, and no others, belong to the record: all in one transaction, after everything was checked. Only keys are
   * written, without validations and callbacks; the records given have their new keys.
   *
   * @throws {RecordStateError} one of them was not saved yet, or is deleted; nothing was written
   * @throws {ModelError} one of them is of another class
   */
  set(records: readonly T[]): Promise<void>
  /** Makes these belong to the record too. */
  add(...records: T[]): Promise<void>
  /** These do not belong to the record any more: what becomes of them is the option `dependent`'s. */
  remove(...records: T[]): Promise<void>
  /** None belongs to the record any more. */
  clear(): Promise<void>
  /** Makes a record that belongs to this one, and saves it. */
  create(...given: GivenMember<T, F>): Promise<T>
  /**
   * Makes a new record with this one's key. It is not saved, and the relation does not have it before it is.
   *
   * @throws {ModelError} the records belong to this one through others
   */
  build(attributes?: Partial<NewAttributes<T>>): T
}

/** A record and what its link is to have. */
export type LinkTo<T, J extends Columns> = T | readonly [record: T, attributes: Partial<RowOf<J>>]

/** Many records, each of which may belong to many. */
export interface HasAndBelongsToMany<out T, J extends Columns = Columns, out S = unknown>
  extends Related<T, true>,
    Listed<T, WantedLinked<T, J>>,
    Omit<Askable<T, Pick<WantedLinked<T, J>, 'where' | 'joinWhere'>>, 'query'> {
  /** A query for them, to be refined; of those whose links fulfil `joinWhere`. */
  query(wanted?: { readonly joinWhere?: Where<J> }): Scoped<T, ColumnsOf<T>, unknown, S>
  /**
   * Links the record with these, and with no others: all in one transaction, after everything was checked. Links that are
   * there stay; attributes that are given with a record go to its link.
   */
  set(records: readonly LinkTo<T, J>[]): Promise<void>
  /** Links the record with these too; with those that it is linked with already no second time. */
  add(...records: LinkTo<T, J>[]): Promise<void>
  /** Removes the links with these. */
  remove(...records: T[]): Promise<void>
  /** Removes all links. The records stay. */
  clear(): Promise<void>
  /** Makes a record, saves it, and links this one with it. */
  create(...given: [...Given<NewAttributes<T>>, link?: Partial<RowOf<J>>]): Promise<T>
  /** The records, each with the attributes of its link. */
  links(wanted?: {
    readonly joinWhere?: Where<J>
  }): Promise<{ readonly record: T; readonly attributes: { readonly [K in keyof J]: RowOf<J>[K] } }[]>
}

/** At most one record that belongs to one. */
export interface HasOne<out T, out S = unknown, F = KeyLike>
  extends Related<T, false>,
    Loadable<T | null>,
    Askable<T, Counted<T>, S> {
  /**
   * The record, or null.
   *
   * @throws {NotUniqueError} there are several, and no option `orderBy` says which comes first
   */
  get(): Promise<T | null>
  /** Makes this one belong to the record, and the one that did no longer: in one transaction. */
  set(record: T | null): Promise<void>
  /** None belongs to the record any more. */
  clear(): Promise<void>
  /** Makes a record that belongs to this one, and saves it; the one that did belongs to it no longer. */
  create(...given: GivenMember<T, F>): Promise<T>
  /** Makes a new record with this one's key. It is not saved, and the relation does not have it before it is. */
  build(attributes?: Partial<NewAttributes<T>>): T
}

/** The record that one belongs to. */
export interface BelongsTo<out T, out O = unknown, out S = unknown>
  extends Related<T, false>,
    Loadable<T | null>,
    Askable<T, Counted<T>, S> {
  /** The record whose key the database has; null if it has none, or if there is no such row. */
  get(): Promise<T | null>
  /**
   * The record whose key the database has.
   *
   * @throws {NotFoundError} it has none, or there is no such row
   */
  require(): Promise<T>
  /** Writes the other record's key, and nothing else, and gives the record that has it now. */
  set(record: T | null): Promise<O>
  /** Writes null as the key. */
  clear(): Promise<void>
  /** Makes a record, saves it, and makes this one belong to it. */
  create(...given: Given<NewAttributes<T>>): Promise<T>
}

/** The record that one belongs to, of one of several classes. */
export interface BelongsToAny<out T, out O = unknown> extends Related<T, false>, Loadable<T | null> {
  get(): Promise<T | null>
  exists(): Promise<boolean>
  /** Writes the other record's key and the name of its class, and gives the record that has them now. */
  set(record: T | null): Promise<O>
  /** Writes null as the key and the name. */
  clear(): Promise<void>
}
