import type { Slot } from '../contract.ts'

/** What the database has, by the index of the attribute; undefined for one that is not meant. */
export type Raws = readonly Slot[]

/** What became of a record that was written. */
export interface History {
  /** Its row was inserted by it. */
  readonly created: boolean
  /** What the latest save wrote, and what the database had before; null for a row that was not there. */
  readonly written: Raws
  readonly before: Raws | null
}

/** A write of a record that is under way, and the transaction that it is in. */
export interface Writing {
  readonly whole: object | null
  /** Made for the first one that waits for its end. */
  done: PromiseWithResolvers<void> | null
}

// Gives back what it is given, so that a class that extends it puts its private fields on objects made elsewhere.
function itself(object: object): object {
  return object
}

/**
 * A record that was written, or is being so. Of all that are read few are, so others have nothing of it; nor does it show.
 * A WeakMap of them would cost the garbage collector more than all the rest of a save.
 */
class Written extends (itself as unknown as new (record: object) => object) {
  #history: History | undefined = undefined
  #writing: Writing | null = null

  static historyOf(record: object): History | undefined {
    return #history in record ? record.#history : undefined
  }

  static setHistory(record: object, history: History | undefined): void {
    if (!(#history in record)) {
      if (!history) return
      new Written(record)
    }
    ;(record as Written).#history = history
  }

  static writingOf(record: object): Writing | null {
    return #writing in record ? record.#writing : null
  }

  static setWriting(record: object, writing: Writing | null): void {
    if (!(#writing in record)) new Written(record)
    ;(record as Written).#writing = writing
  }
}

export const { historyOf, setHistory, writingOf, setWriting } = Written
