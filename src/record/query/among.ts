import { type Dialect, type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import type { Condition, Writing } from './condition.ts'
import { comparable, operand } from './operand.ts'
import { type Together, together } from './together.ts'

/** The column is one of some values. */
export class Among implements Condition {
  readonly #attribute: Attribute
  readonly #values: readonly unknown[]

  constructor(attribute: Attribute, values: readonly unknown[]) {
    this.#attribute = attribute
    this.#values = values
  }

  describe(shape: Shape): void {
    const way = this.#together(shape.dialect)
    shape.add(way ? 'in list' : `in ${paddedLength(this.#values.length)}`)
    shape.addColumn(this.#attribute)
    if (way) shape.values.push(way.value(this.#values))
    else for (const value of padded(this.#values)) shape.values.push(value)
  }

  write(writing: Writing): Expression<SqlBool> {
    const { length } = this.#values
    if (length === 0) return sql`1 = 0`
    const column = comparable(this.#attribute, writing)
    const way = this.#together(writing.dialect)
    if (way) return way.write(column, this.#attribute, writing)
    const places = Array.from({ length: paddedLength(length) }, () => operand(this.#attribute, writing))
    return sql`${column} in (${sql.join(places)})`
  }

  #together(dialect: Dialect): Together | null {
    const way = together[dialect]
    return this.#values.length > way.most && this.#values.every(isJson) ? way : null
  }
}

function isJson(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('\0') : typeof value === 'number' || typeof value === 'bigint'
}

// Lists of similar lengths share a text: the last value stands again for what is missing.
function padded(values: readonly unknown[]): readonly unknown[] {
  const length = paddedLength(values.length)
  return length === values.length ? values : [...values, ...new Array(length - values.length).fill(values.at(-1))]
}

function paddedLength(length: number): number {
  return length < 3 ? length : 2 ** Math.ceil(Math.log2(length))
}
