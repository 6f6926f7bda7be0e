import { type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import { type Condition, ref, type Writing } from './condition.ts'
import { asText, noEscapes, patternFor } from './operand.ts'

/** The column is like a pattern, in upper or lower case. */
export class LikeInAnyCase implements Condition {
  readonly #attribute: Attribute
  readonly #pattern: unknown

  constructor(attribute: Attribute, pattern: unknown) {
    this.#attribute = attribute
    this.#pattern = pattern
  }

  describe(shape: Shape): void {
    shape.add('ilike')
    shape.addColumn(this.#attribute)
    shape.values.push(patternFor(shape.dialect, this.#pattern))
  }

  write(writing: Writing): Expression<SqlBool> {
    const column = asText(ref(this.#attribute, writing), this.#attribute, writing)
    return sql`lower(${column}) like lower(${writing.place()})${noEscapes(writing)}`
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
    shape.add('matches')
    shape.addColumn(this.#attribute)
    shape.values.push(this.#pattern)
  }

  write(writing: Writing): Expression<SqlBool> {
    const column = asText(ref(this.#attribute, writing), this.#attribute, writing)
    return sql`${column} like ${writing.place()} escape '!'`
  }
}
