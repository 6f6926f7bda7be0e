import { type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import { type Condition, ref, type Writing } from './condition.ts'
import { isEmpty, isSlice, type Plan } from './plan.ts'
import { describeSelection, writeSelection } from './selection.ts'

/** The column is one of the values that a query gives. */
export class InQuery implements Condition {
  readonly #attribute: Attribute
  readonly #plan: Plan

  constructor(attribute: Attribute, plan: Plan) {
    this.#attribute = attribute
    this.#plan = plan
  }

  describe(shape: Shape): void {
    shape.add(`in query ${this.#attribute.column}`)
    if (isEmpty(this.#plan)) shape.add('empty')
    else describeSelection(this.#plan, shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    if (isEmpty(this.#plan)) return sql`1 = 0`
    const values = writeSelection(this.#plan, writing)
    // MySQL takes no limit there, and no rows of a table that the statement changes, but in a table of its own.
    const inner = writing.dialect === 'mysql' && isSlice(this.#plan) ? sql`select * from (${values}) as part` : values
    return sql`${ref(this.#attribute, writing)} in (${inner})`
  }
}
