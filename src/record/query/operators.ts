import type { Comparison } from './condition.ts'

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

export type OperatorName = Comparison | 'between' | 'in' | 'not in' | 'not'

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

/** Like the pattern: `%` stands for any text, `_` for any character. */
export function like(pattern: string): Operator<string> {
  return new Operator('like', [pattern])
}

export function notLike(pattern: string): Operator<string> {
  return new Operator('not like', [pattern])
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
