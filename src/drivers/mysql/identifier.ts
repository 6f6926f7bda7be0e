import { ProgrammingError } from '../../contract/index.ts'

const BEYOND = /[^\0-\uffff]/u

/** Writes a name so that SQL takes it as one identifier. */
export function quoteIdentifier(name: string): string {
  // MySQL would put a question mark for a character beyond U+FFFF, which makes another name of it.
  if (name === '' || name.includes('\0') || !name.isWellFormed() || BEYOND.test(name)) {
    throw new ProgrammingError(`${JSON.stringify(name)} cannot be an identifier.`, {
      code: 'WRONG_IDENTIFIER',
      kind: 'syntax',
    })
  }
  return `\`${name.replaceAll('`', '``')}\``
}
