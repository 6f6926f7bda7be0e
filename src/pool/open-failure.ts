import { SqlError } from '../contract/errors.ts'
import { Failure, recordOf } from '../contract/failure.ts'

/**
 * What those fail with who waited for a connection that could not be opened. Every caller makes an error of its own from it,
 * which names the caller; only a stranger's error is passed on as it is.
 */
export function openFailure(error: unknown): Failure {
  if (error instanceof SqlError) return new Failure(recordOf(error))
  return new Failure({ type: 'OperationalError', message: String(error) }, error)
}
