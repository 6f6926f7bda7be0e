import { describe, invalidOption } from '../../contract/checks.ts'
import type { Kind, ValueOptions } from './attribute-rule.ts'
import { compareNumbers, type ExactNumber, exactNumber, isWhole, wholePart } from './decimal-number.ts'
import { checkFlag } from './rule.ts'

/** A number to compare with; a text for one with more digits than a number has. */
export type Bound = number | bigint | string

/** What a number must be. All comparisons are exact. */
export interface NumericalityOptions<R> extends ValueOptions<R> {
  /** Nothing behind the point. */
  readonly integer?: boolean
  readonly greaterThan?: Bound
  readonly greaterThanOrEqualTo?: Bound
  readonly lessThan?: Bound
  readonly lessThanOrEqualTo?: Bound
  readonly equalTo?: Bound
  readonly otherThan?: Bound
  readonly odd?: boolean
  readonly even?: boolean
}

const COMPARISONS = {
  greaterThan: { words: 'greater than', holds: (sign: number) => sign > 0 },
  greaterThanOrEqualTo: { words: 'greater than or equal to', holds: (sign: number) => sign >= 0 },
  lessThan: { words: 'less than', holds: (sign: number) => sign < 0 },
  lessThanOrEqualTo: { words: 'less than or equal to', holds: (sign: number) => sign <= 0 },
  equalTo: { words: 'equal to', holds: (sign: number) => sign === 0 },
  otherThan: { words: 'other than', holds: (sign: number) => sign !== 0 },
} as const

type Comparison = keyof typeof COMPARISONS
const NAMES = Object.keys(COMPARISONS) as Comparison[]

type Test = (number: ExactNumber) => string | null

/** A number, a bigint, or a text that is a decimal number. */
export const numericality: Kind<NumericalityOptions<never>> = {
  rule: 'numericality',
  known: ['integer', 'odd', 'even', ...NAMES],
  judge(options) {
    const tests = [...parityTests(options), ...NAMES.flatMap((name) => comparison(name, options[name]))]
    return (value) => {
      const number = exactNumber(value)
      if (!number) return 'is not a number.'
      for (const test of tests) {
        const text = test(number)
        if (text !== null) return text
      }
      return null
    }
  },
}

function parityTests({ integer, odd, even }: NumericalityOptions<never>): Test[] {
  const tests: Test[] = []
  const must = (text: string, holds: (number: ExactNumber) => boolean) => {
    tests.push((number) => (holds(number) ? null : text))
  }
  if (checkFlag('integer', integer)) must('must be a whole number.', isWhole)
  if (checkFlag('odd', odd)) must('must be odd.', (number) => isWhole(number) && wholePart(number) % 2n !== 0n)
  if (checkFlag('even', even)) must('must be even.', (number) => isWhole(number) && wholePart(number) % 2n === 0n)
  return tests
}

function comparison(name: Comparison, given: Bound | undefined): Test[] {
  if (given === undefined) return []
  const bound = exactNumber(given)
  if (!bound) {
    const what = typeof given === 'number' ? String(given) : describe(given)
    throw invalidOption(RangeError, `${name} must be a number, not ${what}`)
  }
  const { words, holds } = COMPARISONS[name]
  return [(number) => (holds(compareNumbers(number, bound)) ? null : `must be ${words} ${given}.`)]
}
