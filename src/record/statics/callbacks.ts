import { NO_OPTIONS } from '../../contract/checks.ts'
import { type CallbackOptions, declareCallback } from '../callbacks/declare.ts'
import { type Action, MOMENTS, type Moment } from '../callbacks/moments.ts'
import type { AnyModel } from './types.ts'

type Called<M extends AnyModel, A extends Action> = (record: InstanceType<M>, action: A) => unknown
type Written = 'create' | 'update'

/**
 * What is called at moments of the records' lives, one after the other and each awaited, within the transaction of the
 * write: for a class and those that extend it. Each gives a function that ends it.
 *
 * The order of a save: `beforeValidation`, the validations, `afterValidation`, `beforeCreate` or `beforeUpdate`,
 * `beforeSave`, the write, `afterCreate` or `afterUpdate`, `afterSave`, and after the commit `afterCommit`.
 */
export interface CallbackStatics {
  /** When the database gave a record: before what finds it resolves. */
  afterInit<M extends AnyModel>(
    this: M,
    callback: (record: InstanceType<M>) => unknown,
    options?: CallbackOptions,
  ): () => void
  /** Before a record is validated. Giving exactly false stops the save. */
  beforeValidation<M extends AnyModel>(this: M, callback: Called<M, Written>, options?: CallbackOptions): () => void
  /** After a record was validated, whatever that found: `errors` may be added to. */
  afterValidation<M extends AnyModel>(this: M, callback: Called<M, Written>, options?: CallbackOptions): () => void
  /** Before a new record is inserted. Giving exactly false stops that. */
  beforeCreate<M extends AnyModel>(this: M, callback: Called<M, 'create'>, options?: CallbackOptions): () => void
  /** Before a stored record is written. Giving exactly false stops that. */
  beforeUpdate<M extends AnyModel>(this: M, callback: Called<M, 'update'>, options?: CallbackOptions): () => void
  /** Right before a record is written: what it changes is written. Giving exactly false stops that. */
  beforeSave<M extends AnyModel>(this: M, callback: Called<M, Written>, options?: CallbackOptions): () => void
  /** After a new record was inserted. */
  afterCreate<M extends AnyModel>(this: M, callback: Called<M, 'create'>, options?: CallbackOptions): () => void
  /** After a stored record was written. */
  afterUpdate<M extends AnyModel>(this: M, callback: Called<M, 'update'>, options?: CallbackOptions): () => void
  /** After a record was written, before the commit: throwing undoes the write. */
  afterSave<M extends AnyModel>(this: M, callback: Called<M, Written>, options?: CallbackOptions): () => void
  /** Before a record is deleted. Giving exactly false stops that. */
  beforeDelete<M extends AnyModel>(this: M, callback: Called<M, 'delete'>, options?: CallbackOptions): () => void
  /** After a record was deleted, before the commit: throwing undoes that. */
  afterDelete<M extends AnyModel>(this: M, callback: Called<M, 'delete'>, options?: CallbackOptions): () => void
  /** When what was written is committed: once for each save and delete, with the outermost transaction. */
  afterCommit<M extends AnyModel>(this: M, callback: Called<M, Action>, options?: CallbackOptions): () => void
  /** When what was written has been rolled back. */
  afterRollback<M extends AnyModel>(this: M, callback: Called<M, Action>, options?: CallbackOptions): () => void
}

type Declare = (this: object, callback: unknown, options?: CallbackOptions) => () => void

export const callbackStatics: Readonly<Record<Moment, Declare>> = Object.fromEntries(
  MOMENTS.map((moment): [Moment, Declare] => [
    moment,
    function (this: object, callback, options = NO_OPTIONS) {
      return declareCallback(this, moment, callback, options)
    },
  ]),
) as Record<Moment, Declare>
