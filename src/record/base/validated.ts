import type { Action } from '../callbacks/moments.ts'
import { errorsOf } from '../validation/errors-of.ts'
import type { RecordErrors } from '../validation/record-errors.ts'
import { validateRecord } from '../validation/validate.ts'
import { Related } from './related.ts'

type Written = Exclude<Action, 'delete'>

/** What is wrong with a record, found before it is written; and what a class may do at moments of its records' lives. */
export abstract class Validated extends Related {
  /** What the latest validation found: each begins anew. */
  get errors(): RecordErrors {
    return errorsOf(this)
  }

  /**
   * Asks all rules of the class, and fills `errors`. Whatever a rule throws comes out; nothing is written.
   *
   * @example
   * if ((await user.validate()).errors.isEmpty()) console.log('fine')
   */
  async validate(): Promise<this> {
    await validateRecord(this)
    return this
  }

  /** Validates; tells whether nothing is wrong. */
  async isValid(): Promise<boolean> {
    const { errors, stopped } = await validateRecord(this)
    return !errors && !stopped
  }

  /** Called when the database gave the record; what finds it resolves after that. */
  afterInit?(): unknown
  /** Called before the record is validated; giving false stops the save. */
  beforeValidation?(): unknown
  /** Called after the record was validated, whatever that found. */
  afterValidation?(): unknown
  /** Called before a new record is inserted, and before `beforeSave`; giving false stops it. */
  beforeCreate?(): unknown
  /** Called before a stored record is written, and before `beforeSave`; giving false stops it. */
  beforeUpdate?(): unknown
  /** Called right before the record is written; giving false stops it. */
  beforeSave?(action: Written): unknown
  /** Called after a new record was inserted. */
  afterCreate?(): unknown
  /** Called after a stored record was written. */
  afterUpdate?(): unknown
  /** Called after the record was written, within the same transaction. */
  afterSave?(action: Written): unknown
  /** Called before the record is deleted; giving false stops it. */
  beforeDelete?(): unknown
  /** Called after the record was deleted, within the same transaction. */
  afterDelete?(): unknown
  /** Called when what was written of the record is committed. */
  afterCommit?(action: Action): unknown
  /** Called when what was written of the record was rolled back. */
  afterRollback?(action: Action): unknown
}
