import { NO_OPTIONS } from '../../contract/checks.ts'
import { deleteRecord } from '../persist/delete.ts'
import { reloadRecord } from '../persist/reload.ts'
import { saveRecord } from '../persist/save.ts'
import type { DeleteOptions, SaveOptions } from '../persist/save-options.ts'
import type { Attributes } from '../types.ts'
import { isInvalid } from '../validation/validation-error.ts'
import { Validated } from './validated.ts'

/** How a record is written, read anew and deleted. */
export abstract class Persistent extends Validated {
  /**
   * Writes the record: all attributes that were given of a new one, the changed ones of one that is stored, nothing if
   * nothing changed. A callback that gives false stops that: `isNew` and `changes` tell.
   *
   * @throws {ValidationError} it is not valid; nothing was written
   * @throws {StaleRecordError} its row is gone
   */
  async save(options: SaveOptions = NO_OPTIONS): Promise<this> {
    await saveRecord(this, options)
    return this
  }

  /** Saves, and tells whether that was done: false if the record is not valid, or a callback stopped it. */
  async trySave(options: SaveOptions = NO_OPTIONS): Promise<boolean> {
    try {
      return await saveRecord(this, options)
    } catch (error) {
      if (isInvalid(error, this)) return false
      throw error
    }
  }

  /** Gives several attributes new values and saves. */
  async update(attributes: Partial<Attributes<this>>, options: SaveOptions = NO_OPTIONS): Promise<this> {
    return await this.assign(attributes).save(options)
  }

  /**
   * Deletes the record's row. A callback that gives false stops that: `isDeleted` tells.
   *
   * @throws {StaleRecordError} its row is gone
   */
  async delete(options: DeleteOptions = NO_OPTIONS): Promise<this> {
    await deleteRecord(this, options)
    return this
  }

  /** Reads all attributes anew, over changes that were not saved. */
  async reload(): Promise<this> {
    await reloadRecord(this)
    return this
  }
}
