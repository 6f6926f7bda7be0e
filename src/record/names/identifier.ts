import { modelError } from '../errors.ts'

/** Throws for a name that no database can have, or could not tell from another one. */
export function checkIdentifier(what: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !name.includes('\0') && name.isWellFormed()) return name
  const why =
    typeof name !== 'string' ? 'is no text' : name === '' ? 'is empty' : 'holds U+0000 or half of a surrogate pair'
  throw modelError('INVALID_MODEL', `${what} cannot be used: it ${why}`)
}
