import type { RawBuilder } from '../sql/index.ts'
import type { Column, Columns } from './columns/column.ts'
import type { Group } from './query/groups.ts'
import type { Operator, Widened } from './query/operators.ts'
import type { Direction } from './query/order.ts'
import type { Related } from './relations/types.ts'

declare const COLUMNS: unique symbol

/** Says, to the compiler alone, which columns a record has. */
export interface Declared<C> {
  readonly [COLUMNS]: C
}

/** Behind it stands, to the compiler alone, which static names every model has. */
export declare const STATICS: unique symbol

/** The columns of a table of which only the type of a row is told: any of them may be left out. */
export type ColumnsOfRow<Row> = { readonly [K in keyof Row]-?: Column<Row[K], boolean, true> }

/** The attributes of a record as a program sees them. */
export type RowOf<C extends Columns> = {
  -readonly [K in keyof C]: C[K] extends Column<infer T, boolean, boolean> ? T : never
}

/** The attributes that are properties of a record: those whose name is none of `Taken`. */
export type FieldsOf<C extends Columns, Taken> = {
  -readonly [K in keyof C as Exclude<K, Taken>]: C[K] extends Column<infer T, boolean, boolean> ? T : never
}

/** The names of attributes that may be left out when a record is made. */
type OptionalIn<C extends Columns> = {
  [K in keyof C]: C[K] extends Column<unknown, true, boolean>
    ? K
    : C[K] extends Column<unknown, boolean, true>
      ? K
      : never
}[keyof C]

/** What a record is made of. */
export type InsertOf<C extends Columns> = { [K in Exclude<keyof C, OptionalIn<C>>]: RowOf<C>[K] } & {
  [K in OptionalIn<C>]?: RowOf<C>[K] | undefined
}

/** Names that keys of other records go by, where none is told: `userId`, `ownerType`, `user_id`. */
export type KeyLike = `${string}${'Id' | 'ID' | 'Type' | '_id' | '_type'}`

/** What a new record must and may be given of which something else gives the attributes of these names. */
type InsertWithout<C extends Columns, F> = { [K in Exclude<keyof C, OptionalIn<C> | F>]: RowOf<C>[K] } & {
  [K in OptionalIn<C> | Extract<keyof C, F>]?: RowOf<C>[K] | undefined
}

/** The argument of a method that makes a record: left out where nothing must be given. */
export type Given<A> = Partial<A> extends A ? [attributes?: A] : [attributes: A]

/** The same for a record that belongs to another one by the attributes of these names. */
export type GivenMember<R, F> = Given<InsertWithout<ColumnsOf<R>, F>>

/** The columns of a record's model. */
export type ColumnsOf<R> = R extends Declared<infer C extends Columns> ? C : Columns

/** The attributes of a record, by name. */
export type Attributes<R> = RowOf<ColumnsOf<R>>

/** What a new record of this class must and may be given. */
export type NewAttributes<R> = InsertOf<ColumnsOf<R>>

/** The names of attributes of a record that hold numbers. */
export type NumericName<R> = {
  [K in keyof Attributes<R>]: NonNullable<Attributes<R>[K]> extends number | bigint ? K : never
}[keyof Attributes<R>] &
  string

/** Values, or SQL that computes them, for some attributes. */
export type NewValues<C extends Columns> = { readonly [K in keyof C]?: RowOf<C>[K] | RawBuilder<unknown> }

/** What an attribute may be compared with. */
export type Comparable<T> = T | readonly T[] | Operator<Widened<NonNullable<T>>> | Operator<null>

/** Conditions by attribute, all of which must hold. */
export type ByAttribute<C extends Columns> = { readonly [K in keyof C]?: Comparable<RowOf<C>[K]> }

/** SQL with a `?` for each value that follows; no condition at all where it is empty. */
export type Positional = readonly [sql: string, ...values: unknown[]] | readonly []

/** Conditions by attribute, and by the names of relations that are joined. */
export type ByName<C extends Columns, J> = ByAttribute<C> & J

/** What rows must fulfil. */
export type Where<C extends Columns, J = unknown> = ByName<C, J> | Group<Where<C, J>> | RawBuilder<unknown> | Positional

/** The record at the other end of a relation. */
export type TargetOf<H> = H extends Related<infer T, boolean> ? T : never

/** Conditions on the rows of joined relations. */
export type OnJoined<R, K extends keyof R> = { readonly [P in K]?: OnRelated<ColumnsOf<TargetOf<R[P]>>> }

/** Where a left join found nothing, all attributes are null. */
type OnRelated<C extends Columns> = { readonly [K in keyof C]?: Comparable<RowOf<C>[K] | null> }

/** By what rows are sorted: the name of an attribute, with `-` before it for the other direction, or an expression. */
export type OrderBy<C extends Columns> =
  | AttributeName<C>
  | `-${AttributeName<C>}`
  | Direction<AttributeName<C>>
  | RawBuilder<unknown>

export type AttributeName<C extends Columns> = keyof C & string

/** The names of the attributes whose values are of this type. */
export type NameOf<C extends Columns, T> = {
  [K in AttributeName<C>]: NonNullable<RowOf<C>[K]> extends T ? K : never
}[AttributeName<C>]

/** The values of several attributes of a row, in their order. */
export type TupleOf<C extends Columns, N extends readonly AttributeName<C>[]> = {
  -readonly [I in keyof N]: RowOf<C>[N[I]]
}

/** A record of which only these attributes were read. */
export type Selected<R, C extends Columns, K extends AttributeName<C>> = Omit<R, Exclude<AttributeName<C>, K>>

/** A value for the key: one value, or one for each of several attributes. */
export type KeyValue = KeyPart | readonly KeyPart[]

type KeyPart = number | bigint | string | Uint8Array

/** The keys of rows: of a model with an attribute `id` as that has them. */
export type KeyOf<C extends Columns> = C extends { readonly id: unknown } ? RowOf<C>['id'] : KeyValue
