import { SqlError, TransactionRolledBackError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import { isUnstarted } from './given-up.ts'

/** What went wrong in a transaction, so that its end can say why. Inner interactions share that of the outermost. */
export class Story {
  #last: unknown
  #gone = false
  /** Errors that say only that the transaction is gone, and came to be told before what took it away. */
  readonly #orphans: SqlError[] = []
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
      if (!this.#gone || this.#orphans.length > 0) this.#last = error
      for (const orphan of this.#orphans.splice(0)) this.#explain(orphan)
      return error
    }
    this.#gone = true
    if (error instanceof SqlError && error.cause === undefined) this.#explain(error)
    return error
  }

  // Answers come in their order, but some calls take a few steps more to tell theirs than others.
  #explain(error: SqlError): void {
    if (this.#last === undefined) this.#orphans.push(error)
    else Object.defineProperty(error, 'cause', { value: this.#last, configurable: true, writable: true })
  }

  /** An inner interaction could not be undone: nothing of the outer one may be kept either. */
  stick(failure: Failure): void {
    this.#stuck ??= { error: failure.toError() }
  }

  /** What an inner interaction did was undone, and the transaction goes on. */
  goesOn(): void {
    this.#last = undefined
    this.#gone = false
  }

  /** Forgets what happened, with the transaction. */
  restart(): void {
    this.#last = undefined
    this.#gone = false
    this.#orphans.length = 0
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
