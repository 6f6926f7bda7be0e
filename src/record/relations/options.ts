import type { Columns } from '../columns/column.ts'
import type { Query, Scoped } from '../query/query.ts'
import type { AttributeName, ColumnsOf, OrderBy, Where } from '../types.ts'

/** What becomes of the records that belong to one that is deleted. */
export type Dependent = 'destroy' | 'delete' | 'nullify' | 'restrict'

/** Which records of the other model belong to the relation, and how they are sorted. */
export interface ScopeOptions<T, S = unknown> {
  /** By what they are sorted: names of attributes, with `-` before them for the other direction. */
  readonly orderBy?: OrderBy<ColumnsOf<T>> | readonly OrderBy<ColumnsOf<T>>[]
  /** Only those that this makes of a query for all of them. */
  readonly scope?: (query: Scoped<T, ColumnsOf<T>, unknown, S>) => Query<T, ColumnsOf<T>>
}

/** How the record is found that one belongs to. */
export interface BelongsToOptions<T, S = unknown> extends ScopeOptions<T, S> {
  /**
   * The attribute of this model that has the other one's key. Unless told it is the one named like the field (`userId`
   * for `user`), the one that refers to the other model, or the one named like that model.
   */
  readonly foreignKey?: string
  /** The attribute of the other model that the foreign key has the value of; its key unless told. */
  readonly primaryKey?: AttributeName<ColumnsOf<T>>
  /** The attribute of the other model that counts what belongs to it; `true` for `picturesCount` of a table `pictures`. */
  readonly counterCache?: true | AttributeName<ColumnsOf<T>>
  /** The relation of the other model that leads back here: known once one of the two is loaded. */
  readonly inverse?: string
}

/** How the record is found that one belongs to, of one of several models. */
export interface BelongsToAnyOptions {
  /** The attribute that has the other record's key: `ownerId` for a field `owner` unless told. */
  readonly foreignKey?: string
  /** The attribute that has the name of its model: `ownerType` for a field `owner` unless told. */
  readonly foreignType?: string
}

/** How the records are found that have this one's key. */
export interface HasOptions<T, S = unknown, F = AttributeName<ColumnsOf<T>>> extends ScopeOptions<T, S> {
  /**
   * The attribute of the other model that has this one's key. Unless told it is the one that refers to this model, or
   * the one named like it: `userId` for `User`.
   */
  readonly foreignKey?: F
  /** The attribute of this model whose value the foreign key has; its key unless told. */
  readonly primaryKey?: string
  /** The field of the other model by which it belongs to records of several models. */
  readonly as?: string
  /**
   * What becomes of them when this record is deleted, and of those that leave the relation. `destroy`: each is deleted
   * by its own `delete()`; `delete`: all in one statement; `nullify`: their key is cleared; `restrict`: as long as there
   * are any, this record cannot be deleted. Unless told they are left alone when it is deleted, and their key is cleared
   * when they leave.
   */
  readonly dependent?: Dependent
  /** The field of the other model that leads back here: known once this relation is loaded. */
  readonly inverse?: string
}

/** How the at most one record is found that has this one's key. */
export interface HasOneOptions<T, S = unknown, F = AttributeName<ColumnsOf<T>>> extends HasOptions<T, S, F> {
  /** What a record is made of and saved with when it is asked for and there is none. */
  readonly makeDefault?: () => object
}

/** How records are found through those of a third model. */
export interface ThroughOptions<T, S = unknown> extends ScopeOptions<T, S> {
  /** The relation of this model that leads to the records in between. */
  readonly through: string
  /** The relation of those that leads on; unless told it is the only one that leads to the other model. */
  readonly source?: string
}

/** How records are found that a table of links relates to this one. */
export interface JoinOptions<T, J extends Columns, S = unknown> extends ScopeOptions<T, S> {
  /** The table of the links: both tables' names in their order, `colors_users`, unless told. */
  readonly joinTable?: string
  /** The column of that table that has this record's key: `user_id` for `User` unless told. */
  readonly foreignKey?: string
  /** The column of that table that has the other record's key: `favorite_color_id` for `FavoriteColor` unless told. */
  readonly associationForeignKey?: string
  /** The attribute of this model whose value the links have; its key unless told. */
  readonly primaryKey?: string
  /** What else a link has. */
  readonly attributes?: J
}

/** Which of the related records are asked for. */
export interface Wanted<T> {
  readonly where?: Where<ColumnsOf<T>>
  readonly orderBy?: OrderBy<ColumnsOf<T>> | readonly OrderBy<ColumnsOf<T>>[]
  readonly limit?: number
  readonly offset?: number
}

/** The same where links have attributes of their own. */
export interface WantedLinked<T, J extends Columns> extends Wanted<T> {
  /** What links must fulfil. */
  readonly joinWhere?: Where<J>
}
