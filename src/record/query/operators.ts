import type { Comparison } from './condition.ts'
import type { Plan } from './plan.ts'

declare const COMPARES: unique symbol

/** How an attribute is compared: what an operator function gives, and nothing that came as JSON can be. */
export class Operator<out T> {
  declare readonly [COMPARES]: T
  readonly name: OperatorName
  readonly values: readonly unknown[]

  constructor(name: OperatorName, values: readonly unknown[]) {
    this.name = name
    this.values = values
  }
}

export type OperatorName = Comparison | 'between' | 'in' | 'not in' | 'not' | 'matches' | 'ilike'

/** The values of one attribute of the rows that a query means, to be compared with: `query.valuesOf('id')`. */
export class ValuesOf<out T> extends Operator<T> {
  readonly plan: Plan

  constructor(plan: Plan) {
    super('in', [])
    this.plan = plan
  }
}

/** What has an order in every database. */
type Ordered = number | bigint | string | Date

/** Equal to the value; the same as the value itself. */
export function eq<T>(value: T): Operator<Widened<T>> {
  return new Operator('=', [value])
}

/** Not equal to the value, or null. `ne(null)`: not null. */
export function ne<T>(value: T): Operator<Widened<T>> {
  return new Operator('not', [value])
}

export function lt<T extends Ordered>(value: T): Operator<Widened<T>> {
  return new Operator('<', [value])
}

export function lte<T extends Ordered>(value: T): Operator<Widened<T>> {
  return new Operator('<=', [value])
}

export function gt<T extends Ordered>(value: T): Operator<Widened<T>> {
  return new Operator('>', [value])
}

export function gte<T extends Ordered>(value: T): Operator<Widened<T>> {
  return new Operator('>=', [value])
}

/** Between two values, these included. */
export function between<T extends Ordered>(lowest: T, highest: T): Operator<Widened<T>> {
  return new Operator('between', [lowest, highest])
}

/**
 * Like the pattern: `%` stands for any text, `_` for any character. Whether case counts is the database's rule; in
 * SQLite it does not for the letters A to Z.
 */
export function like(pattern: string): Operator<string> {
  return new Operator('like', [pattern])
}

export function notLike(pattern: string): Operator<string> {
  return new Operator('not like', [pattern])
}

/** Like the pattern, in upper or lower case. In SQLite that is known of the letters A to Z. */
export function ilike(pattern: string): Operator<string> {
  return new Operator('ilike', [pattern])
}

/** Begins with this text, in which no character has a meaning of its own. Case counts as it does for {@link like}. */
export function startsWith(text: string): Operator<string> {
  return new Operator('matches', ['', text, '%'])
}

/** Ends with this text, in which no character has a meaning of its own. Case counts as it does for {@link like}. */
export function endsWith(text: string): Operator<string> {
  return new Operator('matches', ['%', text, ''])
}

/** Has this text in it, in which no character has a meaning of its own. Case counts as it does for {@link like}. */
export function contains(text: string): Operator<string> {
  return new Operator('matches', ['%', text, '%'])
}

/** One of the values; the same as an array of them. */
export function oneOf<T>(values: readonly T[]): Operator<Widened<T>> {
  return new Operator('in', values)
}

/** None of the values, or null. */
export function noneOf<T>(values: readonly T[]): Operator<Widened<T>> {
  return new Operator('not in', values)
}

/** The type of a literal's siblings: an operator made for `3` compares any number. */
export type Widened<T> = T extends number
  ? number
  : T extends bigint
    ? bigint
    : T extends string
      ? string
      : T extends boolean
        ? boolean
        : T
