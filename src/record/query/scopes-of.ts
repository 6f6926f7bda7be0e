import type { Columns } from '../columns/column.ts'
import type { ColumnsOf, STATICS } from '../types.ts'
import type { Query, Scoped } from './query.ts'

/**
 * A query of a class of records, with its scopes: for functions that take or give one.
 *
 * @example
 * const newest = (users: QueryOf<typeof User>) => users.orderBy('-id').limit(10)
 */
export type QueryOf<M extends abstract new (...given: never[]) => unknown> = Scoped<
  InstanceType<M>,
  ColumnsOf<InstanceType<M>>,
  unknown,
  ScopesOf<M>
>

/** The static methods that a class has of its own can be called on its queries: `this` in them then means the query. */
export type ScopesOf<M> = { readonly [K in OwnStatics<M>]: ScopeOf<M[K], RecordsOf<M>> }

// By names alone: what a method gives is looked at when it is called, for it may be worked out just now.
type OwnStatics<M> = Exclude<
  keyof M,
  'prototype' | keyof Query<never, Columns> | (M extends { readonly [STATICS]?: infer Names } ? Names : keyof M)
>

type RecordsOf<M> = M extends abstract new (...given: never[]) => infer R ? R : never

type ScopeOf<F, R> = F extends (...given: infer A) => infer Q ? <T>(this: T, ...given: A) => Given<T, Q, R> : never

// A scope that reads whole records leaves what the query reads as it is.
type Given<T, Q, R> =
  Q extends Query<infer Read, infer C, infer J, infer S>
    ? [R] extends [Read]
      ? [keyof C] extends [keyof Read]
        ? T
        : Q
      : T extends Query<infer Before, infer _, infer Joined>
        ? Scoped<Before & Read, C, J & Joined, S>
        : Q
    : Q
