import { describe, invalidOption } from '../../contract/checks.ts'
import { checkIterable, type Kind, type ValueOptions } from './attribute-rule.ts'

/** How long values are to be. One character is one code point; without any of these the length is 1. */
export interface LengthOptions<R> extends ValueOptions<R> {
  readonly length?: number
  readonly min?: number
  readonly max?: number
  /** Least and greatest length; or the lengths that there may be, if they are not two in an array. */
  readonly range?: readonly [min: number, max: number] | Iterable<number>
}

interface Lengths {
  readonly text: string
  has(length: number): boolean
}

/** Texts, lists and bytes have a length; any other value has none, and is wrong. */
export const length: Kind<LengthOptions<never>> = {
  rule: 'length',
  known: ['length', 'min', 'max', 'range'],
  judge(options) {
    const { has, text } = lengthsOf(options)
    return (value) => {
      const found = lengthOf(value)
      return found !== null && has(found) ? null : text
    }
  },
}

/** The length of a value; null if it has none. */
export function lengthOf(value: unknown): number | null {
  if (typeof value === 'string') return codePoints(value)
  if (typeof value !== 'object' || value === null || !('length' in value)) return null
  return typeof value.length === 'number' ? value.length : null
}

function codePoints(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at++) {
    if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) count--
  }
  return count
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

function lengthsOf({ length: exact, min, max, range }: LengthOptions<never>): Lengths {
  const ways = [exact !== undefined, min !== undefined || max !== undefined, range !== undefined]
  if (ways.filter(Boolean).length > 1) {
    throw invalidOption(TypeError, 'a length is given by length, by min and max, or by range, and by one of them')
  }
  if (range !== undefined) return ofRange(checkIterable('range', range).map((one) => checkLength('range', one)))
  if (min === undefined && max === undefined) return exactly(checkLength('length', exact ?? 1))
  return between(min === undefined ? null : checkLength('min', min), max === undefined ? null : checkLength('max', max))
}

function exactly(wanted: number): Lengths {
  return { text: `must have a length of ${wanted}.`, has: (found) => found === wanted }
}

function between(min: number | null, max: number | null): Lengths {
  if (min !== null && max !== null && min > max)
    throw invalidOption(RangeError, `min ${min} is greater than max ${max}`)
  const has = (found: number) => (min === null || found >= min) && (max === null || found <= max)
  if (min === null) return { text: `must have a length of at most ${max}.`, has }
  if (max === null) return { text: `must have a length of at least ${min}.`, has }
  return { text: `must have a length between ${min} and ${max} (inclusive).`, has }
}

function ofRange(lengths: readonly number[]): Lengths {
  const [first, second, ...others] = lengths
  if (first === undefined) throw invalidOption(RangeError, 'range must have a length')
  if (second !== undefined && others.length === 0) return between(first, second)
  const members = new Set(lengths)
  const [min, max] = [Math.min(...members), Math.max(...members)]
  return { text: `must have a length between ${min} and ${max} (inclusive).`, has: (found) => members.has(found) }
}

function checkLength(name: string, given: unknown): number {
  if (Number.isSafeInteger(given) && (given as number) >= 0) return given as number
  const what = typeof given === 'number' ? String(given) : describe(given)
  throw invalidOption(RangeError, `${name} must be a whole number of at least 0, not ${what}`)
}
