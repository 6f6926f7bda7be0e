import { ProgrammingError } from '../../contract/index.ts'

/** Writes a name so that SQL takes it as one identifier. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw new ProgrammingError(`${JSON.stringify(name)} cannot be an identifier.`, {
      code: 'WRONG_IDENTIFIER',
      kind: 'syntax',
    })
  }
  return `"${name.replaceAll('"', '""')}"`
}
