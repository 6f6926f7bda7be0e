import { DataError, type ErrorDetails } from '../../contract/errors.ts'
import type { Stateful } from '../contract.ts'
import { DEFINITION } from '../contract.ts'
import type { RecordErrors } from './record-errors.ts'

/**
 * A record was not written, for it is not valid. The message lists all that is wrong with it; it never tells values, nor
 * does JSON or whatever shows errors.
 */
export class ValidationError extends DataError {
  readonly #errors: RecordErrors
  readonly #record: object

  /** Records make it themselves. */
  constructor(record: object, errors: RecordErrors, details: Pick<ErrorDetails, 'cause'> = {}) {
    super(`${nameOf(record)} is not valid: ${errors.toString()}`, {
      code: 'INVALID_RECORD',
      kind: 'validation',
      ...details,
    })
    this.#record = record
    this.#errors = errors
  }

  /** What is wrong, as it was found. */
  get errors(): RecordErrors {
    return this.#errors
  }

  /** The record that was not written. */
  get record(): object {
    return this.#record
  }

  /** For answers of servers. */
  toJSON(): { name: string; code: string; message: string; errors: Record<string, readonly string[]> } {
    return { name: this.name, code: this.code, message: this.message, errors: this.#errors.toJSON() }
  }
}

function nameOf(record: object): string {
  return (record as Stateful)[DEFINITION].name
}

/** Whether the error says that this very record is not valid. */
export function isInvalid(error: unknown, record: object): boolean {
  return error instanceof ValidationError && error.record === record
}
