import { type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import { type Condition, ref, type Writing } from './condition.ts'

/** The column is like a pattern, in upper or lower case. */
export class LikeInAnyCase implements Condition {
  readonly #attribute: Attribute
  readonly #pattern: unknown

  constructor(attribute: Attribute, pattern: unknown) {
    this.#attribute = attribute
    this.#pattern = pattern
  }

  describe(shape: Shape): void {
    shape.add(`ilike ${this.#attribute.column}`)
    shape.values.push(this.#pattern)
  }

  write(writing: Writing): Expression<SqlBool> {
    return sql`lower(${ref(this.#attribute, writing)}) like lower(${writing.place()})`
  }
}

/** The column begins with a text, ends with it or has it in it. */
export class Matching implements Condition {
  readonly #attribute: Attribute
  readonly #pattern: string

  constructor(attribute: Attribute, before: string, text: string, after: string) {
    this.#attribute = attribute
    this.#pattern = `${before}${text.replace(/[!%_]/g, '!$&')}${after}`
  }

  describe(shape: Shape): void {
    shape.add(`matches ${this.#attribute.column}`)
    shape.values.push(this.#pattern)
  }

  write(writing: Writing): Expression<SqlBool> {
    return sql`${ref(this.#attribute, writing)} like ${writing.place()} escape '!'`
  }
}
