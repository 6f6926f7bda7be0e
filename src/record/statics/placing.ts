import { NO_OPTIONS } from '../../contract/checks.ts'
import type { InteractionOptions } from '../../pool/calls.ts'
import { boundTo } from '../bound.ts'
import type { TransactionWork } from '../database.ts'
import { definitionOf } from '../define.ts'
import { databaseAt, type Place } from '../places.ts'
import type { AnyModel } from './types.ts'

/** On which database, and in which transaction, a model is used. */
export interface PlacingStatics {
  /**
   * The same model on another database, or in a transaction that has begun: a subclass, the same one each time. What is
   * related to its records is looked for there too.
   *
   * @example
   * await pool.runInteraction((txn) => User.on(txn).create({ name: 'ann' }))
   */
  on<M extends AnyModel>(this: M, place: Place): M

  /** Runs `work` in a transaction of the model's database; see {@link Database.transaction}. */
  transaction<T>(work: TransactionWork<T>): Promise<T>
  transaction<T>(options: InteractionOptions, work: TransactionWork<T>): Promise<T>
}

export const placingStatics = {
  on(this: object, place: Place) {
    return boundTo(this, databaseAt(place))
  },

  async transaction(this: object, first: unknown, second?: unknown) {
    const { database } = definitionOf(this)
    const [options, work] = typeof first === 'function' ? [NO_OPTIONS, first] : [first, second]
    return await database.transaction(options as InteractionOptions, work as TransactionWork<unknown>)
  },
}
