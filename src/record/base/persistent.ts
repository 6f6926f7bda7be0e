import { NO_OPTIONS } from '../../contract/checks.ts'
import { DEFINITION } from '../contract.ts'
import { incrementRecord } from '../persist/counters.ts'
import { deleteRecord } from '../persist/delete.ts'
import { previousChanges } from '../persist/history.ts'
import { reloadRecord } from '../persist/reload.ts'
import { restoreRecord } from '../persist/restore.ts'
import { saveRecord } from '../persist/save.ts'
import type { DeleteOptions, SaveOptions } from '../persist/save-options.ts'
import { touchRecord } from '../persist/touch.ts'
import { tracked } from '../persist/tracked.ts'
import { asOne } from '../persist/undo.ts'
import { historyOf } from '../persist/written.ts'
import type { Attributes, NumericName } from '../types.ts'
import { isInvalid } from '../validation/validation-error.ts'
import { Validated } from './validated.ts'

/** How a record is written, read anew and deleted. */
export abstract class Persistent extends Validated {
  /**
   * Writes the record: all attributes that were given of a new one, the changed ones of one that is stored, nothing if
   * nothing changed. A callback that gives false stops that: `isNew` and `changes` tell. Two saves at once are done one
   * after the other.
   *
   * @throws {ValidationError} it is not valid; nothing was written
   * @throws {StaleRecordError} its row is gone, or was written by somebody else and counts that
   */
  save(options: SaveOptions = NO_OPTIONS): Promise<this> {
    return ofRecord(this, () => saveRecord(this, options))
  }

  /** Saves, and tells whether that was done: false if the record is not valid, or a callback stopped it. */
  trySave(options: SaveOptions = NO_OPTIONS): Promise<boolean> {
    return tracked(this[DEFINITION], async () => {
      try {
        return await saveRecord(this, options)
      } catch (error) {
        if (isInvalid(error, this)) return false
        throw error
      }
    })
  }

  /** Gives several attributes new values and saves. */
  update(attributes: Partial<Attributes<this>>, options: SaveOptions = NO_OPTIONS): Promise<this> {
    return ofRecord(this, () => asOne(this, () => this.assign(attributes).save(options)))
  }

  /**
   * Deletes the record's row. What the record held can still be read. A callback that gives false stops that: `isDeleted`
   * tells.
   *
   * @throws {StaleRecordError} its row is gone, or was written by somebody else and counts that
   */
  delete(options: DeleteOptions = NO_OPTIONS): Promise<this> {
    return ofRecord(this, () => deleteRecord(this, options))
  }

  /** Reads all attributes anew, over changes that were not saved. */
  reload(): Promise<this> {
    return ofRecord(this, () => reloadRecord(this))
  }

  /** The same as {@link reload}. */
  refresh(): Promise<this> {
    return this.reload()
  }

  /**
   * Writes the time into the `updatedAt()` column, and into the attributes of these names; nothing else of the record is
   * written or checked.
   */
  touch(...names: (keyof Attributes<this> & string)[]): Promise<this> {
    return ofRecord(this, () => touchRecord(this, names))
  }

  /**
   * Adds to a number in the database, so that nothing that others add meanwhile is lost, and reads the sum back. Nothing
   * else of the record is written or checked.
   */
  increment(name: NumericName<this>, by: number | bigint = 1): Promise<this> {
    return ofRecord(this, () => incrementRecord(this, name, by))
  }

  /** Subtracts from a number in the database, as {@link increment} adds. */
  decrement(name: NumericName<this>, by: number | bigint = 1): Promise<this> {
    const step = typeof by === 'number' || typeof by === 'bigint' ? -by : by
    return ofRecord(this, () => incrementRecord(this, name, step))
  }

  /** Gives these attributes, or all, the values again that the database has. */
  restore(...names: (keyof Attributes<this> & string)[]): this {
    restoreRecord(this, names)
    return this
  }

  /** Of each attribute that the latest save wrote: what the database had before, and has since. */
  get previousChanges(): { readonly [K in keyof Attributes<this>]?: readonly [before: unknown, after: unknown] } {
    return previousChanges(this)
  }

  /** Whether this very record inserted its row, as `create` does, and `findOrCreate` where there was none. */
  get wasCreated(): boolean {
    return historyOf(this)?.created ?? false
  }
}

// No private method: each record that is read would be made to have it.
function ofRecord<R extends Persistent>(record: R, work: () => Promise<unknown>): Promise<R> {
  return tracked(record[DEFINITION], work, record)
}
