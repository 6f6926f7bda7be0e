import type { Columns } from '../columns/column.ts'
import type { AttributeName, NameOf, RowOf } from '../types.ts'

/** Attributes that can be added up. Those of text are so only if they are decimals. */
export type NumberName<C extends Columns> = NameOf<C, number | bigint | string>

/** Attributes that have an order. */
export type OrderedName<C extends Columns> = NameOf<C, number | bigint | string | Date>

/** What is asked of rows together. */
export type MeasureOf<C extends Columns> =
  | 'count'
  | readonly ['count', AttributeName<C>]
  | readonly ['sum' | 'avg', NumberName<C>]
  | readonly ['min' | 'max', OrderedName<C>]

/** The value of an attribute, or null where there is none. */
export type ValueOrNull<C extends Columns, K extends keyof C> = NonNullable<RowOf<C>[K]> | null

/** What a measure gives. */
export type Result<C extends Columns, S> = S extends 'count' | readonly ['count', unknown]
  ? number
  : S extends readonly ['avg', unknown]
    ? number | null
    : S extends readonly [unknown, infer K extends keyof C]
      ? ValueOrNull<C, K>
      : never

/** What several measures give, by the names they were given. */
export type Results<C extends Columns, S> = { -readonly [N in keyof S]: Result<C, S[N]> }
