import { type Dialect, type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Shape } from '../statement.ts'
import type { Condition, Writing } from './condition.ts'
import { comparable, operand } from './operand.ts'

/** How many values have places of their own. SQLite allows 32,766 in a statement. */
const MOST_PLACES = 1024

/** The column is one of some values. */
export class Among implements Condition {
  readonly #attribute: Attribute
  readonly #values: readonly unknown[]

  constructor(attribute: Attribute, values: readonly unknown[]) {
    this.#attribute = attribute
    this.#values = values
  }

  describe(shape: Shape): void {
    if (this.#crossesAsJson(shape.dialect)) {
      shape.add(`in json ${this.#attribute.column}`)
      shape.values.push(jsonOf(this.#values))
      return
    }
    const values = padded(this.#values)
    shape.add(`in ${values.length}`)
    shape.addColumn(this.#attribute)
    for (const value of values) shape.values.push(value)
  }

  write(writing: Writing): Expression<SqlBool> {
    const { length } = this.#values
    if (length === 0) return sql`1 = 0`
    const column = comparable(this.#attribute, writing)
    if (this.#crossesAsJson(writing.dialect)) {
      return sql`${column} in (select value from json_each(${writing.place()}))`
    }
    const places = Array.from({ length: paddedLength(length) }, () => operand(this.#attribute, writing))
    return sql`${column} in (${sql.join(places)})`
  }

  #crossesAsJson(dialect: Dialect): boolean {
    return dialect === 'sqlite' && this.#values.length > MOST_PLACES && this.#values.every(isJson)
  }
}

function isJson(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('\0') : typeof value === 'number' || typeof value === 'bigint'
}

// Whole numbers of 64 bits are written as such, which JSON.stringify refuses.
function jsonOf(values: readonly unknown[]): string {
  return `[${values.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join()}]`
}

// Lists of similar lengths share a text: the last value stands again for what is missing.
function padded(values: readonly unknown[]): readonly unknown[] {
  const length = paddedLength(values.length)
  return length === values.length ? values : [...values, ...new Array(length - values.length).fill(values.at(-1))]
}

function paddedLength(length: number): number {
  return length < 3 ? length : 2 ** Math.ceil(Math.log2(length))
}
