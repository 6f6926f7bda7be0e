import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Condition } from './condition.ts'

/** Twistar's form: SQL with a `?` for each value that follows. */
export function positional(_definition: Definition, [_text, ..._values]: readonly unknown[]): Condition {
  throw modelError('INVALID_QUERY', 'SQL with values cannot be given yet')
}
