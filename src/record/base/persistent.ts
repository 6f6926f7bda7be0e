import { deleteRecord } from '../persist/delete.ts'
import { reloadRecord } from '../persist/reload.ts'
import { saveRecord } from '../persist/save.ts'
import type { Attributes } from '../types.ts'
import { Validated } from './validated.ts'

/** How a record is written, read anew and deleted. */
export abstract class Persistent extends Validated {
  /**
   * Writes the record: all attributes that were given of a new one, the changed ones of one that is stored, nothing if
   * nothing changed.
   *
   * @throws {StaleRecordError} its row is gone
   */
  async save(): Promise<this> {
    await saveRecord(this)
    return this
  }

  /** Gives several attributes new values and saves. */
  async update(attributes: Partial<Attributes<this>>): Promise<this> {
    return await this.assign(attributes).save()
  }

  /**
   * Deletes the record's row.
   *
   * @throws {StaleRecordError} its row is gone
   */
  async delete(): Promise<this> {
    await deleteRecord(this)
    return this
  }

  /** Reads all attributes anew, over changes that were not saved. */
  async reload(): Promise<this> {
    await reloadRecord(this)
    return this
  }
}
