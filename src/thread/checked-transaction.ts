import type { BlockingTransaction, InThreadCursor } from '../contract/blocking-transaction.ts'
import { describe, NO_OPTIONS } from '../contract/checks.ts'
import { cursorRowMode, type RowModeOption } from '../contract/cursor-checks.ts'
import { InterfaceError } from '../contract/errors.ts'
import { CheckedCursor } from './checked-cursor.ts'
import { refusePromise } from './promised.ts'

/** The handle that a function in a thread is given. */
export class CheckedTransaction<R> extends CheckedCursor<R> implements BlockingTransaction<R> {
  #depth = 0

  get dialect(): string | undefined {
    return this.session.dialect
  }

  get maxParameters(): number {
    return this.session.maxParameters
  }

  cursor<T = R>(options: RowModeOption = NO_OPTIONS): InThreadCursor<T> {
    return new CheckedCursor<T>(this.session, cursorRowMode(options, this.rowMode))
  }

  savepoint<T>(work: () => T): T {
    if (typeof work !== 'function') {
      throw new InterfaceError(`a savepoint needs a function, not ${describe(work)}`, {
        code: 'NO_CALLBACK',
        kind: 'usage',
      })
    }
    this.#depth++
    try {
      return this.session.savepoint(`offloop_thread_${this.#depth}`, () => {
        const result = work()
        refusePromise(result)
        return result
      })
    } finally {
      this.#depth--
    }
  }
}
