import type { Columns } from '../columns/column.ts'
import { definitionOf } from '../define.ts'
import { findByKey } from '../query/find.ts'
import { wholeTable } from '../query/plan.ts'
import { Query } from '../query/query.ts'
import type { Where } from '../types.ts'
import type { AnyModel } from './types.ts'

/** A value for the key: one value, or one for each of several columns. */
export type KeyValue = number | bigint | string | Uint8Array | readonly (number | bigint | string)[]

/** How records are found. */
export interface ReadingStatics<C extends Columns> {
  /** All records. */
  all<M extends AnyModel>(this: M): Query<InstanceType<M>, C>

  /** The records that fulfil these conditions. */
  where<M extends AnyModel>(this: M, where: Where<C>): Query<InstanceType<M>, C>

  /** The record with this key, or null. */
  find<M extends AnyModel>(this: M, key: KeyValue): Promise<InstanceType<M> | null>
}

export const readingStatics = {
  all(this: object) {
    return queryOf(this)
  },

  where(this: object, where: never) {
    return queryOf(this).where(where)
  },

  find(this: object, key: unknown) {
    return findByKey(definitionOf(this), key)
  },
}

function queryOf(model: object): Query<never, Columns> {
  return new Query(wholeTable(definitionOf(model)))
}
