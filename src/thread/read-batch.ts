import type { BlockingConnection } from '../contract/blocking.ts'

/**
 * Lets reads that were found waiting together share one transaction, which costs less than one for each. The batch is
 * fixed before the transaction begins, so a read that was sent after a write had been answered always sees it.
 */
export class ReadBatch {
  readonly #connection: BlockingConnection
  #wanted = false
  #begun = false

  constructor(connection: BlockingConnection) {
    this.#connection = connection
  }

  /** Whether the shared transaction is open. */
  get isOpen(): boolean {
    return this.#begun
  }

  /** Starts another batch; `wanted` says whether so many requests wait that a transaction pays. */
  start(wanted: boolean): void {
    this.end()
    this.#wanted = wanted
  }

  /** Makes sure that the next statement runs in the shared transaction if it may, and outside any if it may not. */
  next(mayShare: boolean): void {
    if (!mayShare) this.end()
    else if (this.#wanted && !this.#begun) {
      this.#connection.begin('read')
      this.#begun = true
    }
  }

  /** Ends the shared transaction if there is one. */
  end(): void {
    if (!this.#begun) return
    this.#begun = false
    this.#connection.commit()
  }
}
