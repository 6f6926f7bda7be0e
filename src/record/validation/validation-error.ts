import { letCross } from '../../contract/error-parts.ts'
import { DataError, type ErrorDetails } from '../../contract/errors.ts'
import type { Stateful } from '../contract.ts'
import { DEFINITION } from '../contract.ts'
import { RecordErrors, type RecordProblem } from './record-errors.ts'

const ERRORS: unique symbol = Symbol('errors')
const RECORD: unique symbol = Symbol('record')

/** What is wrong with a record, as data. */
interface Problems {
  readonly model: string
  readonly list: readonly RecordProblem[]
}

/**
 * A record was not written, for it is not valid. The message lists all that is wrong with it; it never tells values, nor
 * does JSON or whatever shows errors.
 */
export class ValidationError extends DataError {
  // Own properties, and no private ones: the error may have crossed from a database thread.
  declare readonly [ERRORS]?: RecordErrors
  declare readonly [RECORD]?: object
  /** What crosses of the errors. */
  declare private readonly problems: Problems

  /** Records make it themselves. */
  constructor(record: object, errors: RecordErrors, details: Pick<ErrorDetails, 'cause'> = {}) {
    super(`${nameOf(record)} is not valid: ${errors.toString()}`, {
      code: 'INVALID_RECORD',
      kind: 'validation',
      ...details,
    })
    Object.defineProperties(this, {
      [RECORD]: { value: record },
      [ERRORS]: { value: errors },
      problems: { get: () => ({ model: nameOf(record), list: [...errors] }) },
    })
  }

  /** What is wrong, as it was found. */
  get errors(): RecordErrors {
    return this[ERRORS] ?? errorsAgain(this.problems)
  }

  /** The record that was not written; null where that was in a database thread, which kept it. */
  get record(): object | null {
    return this[RECORD] ?? null
  }

  /** For answers of servers. */
  toJSON(): { name: string; code: string; message: string; errors: Record<string, readonly string[]> } {
    return { name: this.name, code: this.code, message: this.message, errors: this.errors.toJSON() }
  }
}

letCross(ValidationError)

// As they were found in the thread: the sentences are those of its models.
function errorsAgain({ model, list }: Problems): RecordErrors {
  const sentences = new Map(list.map(({ attribute, message, fullMessage }) => [`${attribute} ${message}`, fullMessage]))
  const errors = new RecordErrors({ name: model }, (name, message) => sentences.get(`${name} ${message}`) ?? message)
  for (const { attribute, message } of list) errors.add(attribute, message)
  return errors
}

function nameOf(record: object): string {
  return (record as Stateful)[DEFINITION].name
}

/** Whether the error says that this very record is not valid. */
export function isInvalid(error: unknown, record: object): boolean {
  return error instanceof ValidationError && error.record === record
}
