import { type Dialect, type Expression, type RawBuilder, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import { asNumber, isNumberAsText } from './decimals.ts'
import { asText, comparable, noEscapes, operand, patternFor } from './operand.ts'
import type { Writing } from './writing.ts'

export type { Writing } from './writing.ts'

/** What rows must fulfil. */
export interface Condition {
  /** Adds what the text depends on, and its values in the order in which {@link write} asks for their places. */
  describe(shape: Shape): void
  write(writing: Writing): Expression<SqlBool>
}

/** Comparisons with one value. */
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'like' | 'not like'

/** A column of the statement's table. */
export function ref({ column }: Pick<Attribute, 'column'>, { table }: Pick<Writing, 'table'>): RawBuilder<unknown> {
  return sql.id(table, column)
}

/** The column compared with a value. */
export class Compared implements Condition {
  readonly #attribute: Attribute
  readonly #operator: Comparison
  readonly #value: unknown

  constructor(attribute: Attribute, operator: Comparison, value: unknown) {
    this.#attribute = attribute
    this.#operator = operator
    this.#value = value
  }

  describe(shape: Shape): void {
    shape.add(`${this.#byNumber(shape.dialect) ? 'number ' : ''}${this.#operator}`)
    shape.addColumn(this.#attribute)
    shape.values.push(PATTERNS.has(this.#operator) ? patternFor(shape.dialect, this.#value) : this.#value)
  }

  write(writing: Writing): Expression<SqlBool> {
    const column = comparable(this.#attribute, writing)
    const operator = sql.raw(this.#operator)
    if (PATTERNS.has(this.#operator)) {
      return sql`${asText(column, this.#attribute, writing)} ${operator} ${writing.place()}${noEscapes(writing)}`
    }
    const value = operand(this.#attribute, writing)
    if (!this.#byNumber(writing.dialect)) return sql`${column} ${operator} ${value}`
    return sql`${asNumber(column)} ${operator} ${asNumber(value)}`
  }

  // Equal decimals are equal texts, which an index finds.
  #byNumber(dialect: Dialect): boolean {
    return BY_ORDER.has(this.#operator) && isNumberAsText(this.#attribute, dialect)
  }
}

const PATTERNS: ReadonlySet<Comparison> = new Set(['like', 'not like'])
const BY_ORDER: ReadonlySet<Comparison> = new Set(['<', '<=', '>', '>='])

/** The column is null. */
export class Absent implements Condition {
  readonly #attribute: Attribute

  constructor(attribute: Attribute) {
    this.#attribute = attribute
  }

  describe(shape: Shape): void {
    shape.add(`null ${this.#attribute.column}`)
  }

  write(writing: Writing): Expression<SqlBool> {
    return sql`${ref(this.#attribute, writing)} is null`
  }
}

/** All of some conditions, or at least one. */
export class Joined implements Condition {
  readonly #word: 'and' | 'or'
  readonly #parts: readonly Condition[]

  constructor(word: 'and' | 'or', parts: readonly Condition[]) {
    this.#word = word
    this.#parts = parts
  }

  describe(shape: Shape): void {
    shape.add(`${this.#word} ${this.#parts.length}`)
    for (const part of this.#parts) part.describe(shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    if (this.#parts.length === 0) return this.#word === 'and' ? sql`1 = 1` : sql`1 = 0`
    const parts = this.#parts.map((part) => part.write(writing))
    return sql`(${sql.join(parts, sql.raw(` ${this.#word} `))})`
  }
}

/** Not so. What is unknown to SQL, a comparison with null, counts as not so. */
export class Negated implements Condition {
  readonly #part: Condition

  constructor(part: Condition) {
    this.#part = part
  }

  describe(shape: Shape): void {
    shape.add('not')
    this.#part.describe(shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    return sql`not coalesce(${this.#part.write(writing)}, 1 = 0)`
  }
}

/** SQL written by hand, as it is. */
export class Fragment {
  readonly #expression: Expression<unknown>

  constructor(expression: Expression<unknown>) {
    this.#expression = expression
  }

  describe(shape: Shape): void {
    shape.byHand = true
  }

  write(): Expression<unknown> {
    return this.#expression
  }
}

/** A condition written by hand. */
export class ByHand implements Condition {
  readonly #fragment: Fragment

  constructor(expression: Expression<unknown>) {
    this.#fragment = new Fragment(expression)
  }

  describe(shape: Shape): void {
    this.#fragment.describe(shape)
  }

  write(): Expression<SqlBool> {
    return sql`(${this.#fragment.write()})`
  }
}
