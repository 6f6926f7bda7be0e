import { SqlError, TransactionRolledBackError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import { isUnstarted } from './given-up.ts'

/** What went wrong in a transaction, so that its end can say why. Inner interactions share that of the outermost. */
export class Story {
  #last: unknown
  #gone = false
  #stuck: { readonly error: unknown } | null = null

  /** What calls fail with whose connection was ended over one of them, or null. */
  endedOver: Failure | null = null

  /** What a failure means: where the connection was ended on purpose, its loss is not what is to be told. */
  meantBy(failure: Failure): Failure {
    return failure.record.kind === 'connectionLost' ? (this.endedOver ?? failure) : failure
  }

  /** Takes note of a statement's failure, and gives the error with what is known of how it came about. */
  tell(failure: Failure, error: unknown): unknown {
    if (failure.record.kind !== 'rolledBack' || isUnstarted(failure)) {
      // What fails behind the statement that took the transaction away is not what took it away.
      if (!this.#gone) this.#last = error
      return error
    }
    this.#gone = true
    if (error instanceof SqlError && error.cause === undefined) {
      Object.defineProperty(error, 'cause', { value: this.#last, configurable: true, writable: true })
    }
    return error
  }

  /** An inner interaction could not be undone: nothing of the outer one may be kept either. */
  stick(failure: Failure): void {
    this.#stuck ??= { error: failure.toError() }
  }

  /** What an inner interaction did was undone, and the transaction goes on. */
  goesOn(): void {
    this.#gone = false
  }

  /** Forgets what happened, with the transaction. */
  restart(): void {
    this.#last = undefined
    this.#gone = false
    this.#stuck = null
  }

  /** Throws if the transaction must not be committed. */
  refuseCommit(): void {
    if (!this.#stuck) return
    throw new TransactionRolledBackError(
      'an inner interaction failed and could not be undone alone, so nothing of the transaction around it is kept',
      { code: 'SAVEPOINT_LOST', kind: 'rolledBack', cause: this.#stuck.error },
    )
  }
}
