import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { isByHand } from './by-hand.ts'
import { ByHand, type Condition, Joined } from './condition.ts'
import { Measured } from './grouping.ts'
import { measureOf } from './measure.ts'
import { Operator } from './operators.ts'

/** Reads what groups must fulfil: a measure and what it is compared with, or SQL written by hand. */
export function havingOf(definition: Definition, given: readonly unknown[]): Condition {
  const [measure, compared] = given
  if (given.length === 1 && isByHand(measure)) return new ByHand(measure)
  const found = measureOf(definition, measure)
  const operator = compared instanceof Operator ? compared : new Operator('=', [compared])
  const { name, values } = operator
  const compare = (word: string, value: unknown) => new Measured(found, word, found.encode(value))
  if (name === 'between') return new Joined('and', [compare('>=', values[0]), compare('<=', values[1])])
  const word = OPERATORS.get(name)
  if (word) return compare(word, values[0])
  throw modelError('INVALID_QUERY', `groups are compared by eq, ne, lt, lte, gt, gte or between, not by ${name}`)
}

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['=', '='],
  ['not', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])
