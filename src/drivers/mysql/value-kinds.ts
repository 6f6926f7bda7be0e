import type { Value } from '../../contract/index.ts'

/**
 * What kinds of values these are, one character for each. MySQL takes the type of a placeholder that stands alone from the
 * first values that it is given, and makes numbers of later text without a word: so a statement is prepared once for each
 * of its texts with such kinds. NULL goes with any; it is counted with text, which is what MySQL takes a placeholder for.
 */
export function kindsOf(values: Iterable<Value>): string {
  let kinds = ''
  for (const value of values) {
    if (value === null || typeof value === 'string') kinds += 't'
    else kinds += typeof value === 'object' ? 'b' : typeof value === 'bigint' || Number.isInteger(value) ? 'i' : 'f'
  }
  return kinds
}
