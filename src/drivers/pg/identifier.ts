import { ProgrammingError } from '../../contract/index.ts'
import { quoteIdentifier as quote } from '../shared/identifier.ts'

/** Bytes of a name; PostgreSQL would cut the rest off in silence, and two names could become one. */
const LONGEST = 63

/** Writes a name so that SQL takes it as one identifier. */
export function quoteIdentifier(name: string): string {
  const quoted = quote(name)
  if (Buffer.byteLength(name) <= LONGEST) return quoted
  throw new ProgrammingError(
    `The identifier ${quoted} has more than ${LONGEST} bytes, and PostgreSQL would cut it off: give it a shorter name.`,
    { code: 'WRONG_IDENTIFIER', kind: 'syntax' },
  )
}
