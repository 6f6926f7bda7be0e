import { describe, invalidOption } from '../../contract/checks.ts'

/** A text that was given where columns are declared, not empty. */
export function checkText(what: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given
  throw invalidOption(TypeError, `${what} must be a text, not ${given === '' ? 'an empty one' : describe(given)}`)
}

/** Options of a column that must be known. */
export function checkOneOf(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given === 'string' && known.includes(given)) return
  throw invalidOption(TypeError, `${what} must be one of ${known.map((word) => `'${word}'`).join(', ')}`)
}
