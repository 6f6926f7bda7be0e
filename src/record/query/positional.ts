import { describe, invalidOption } from '../../contract/checks.ts'
import { type Dialect, type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Shape } from '../statement.ts'
import { type Condition, Joined, type Writing } from './condition.ts'
import { betweenPlaces } from './sql-text.ts'

/** Twistar's form: SQL with a `?` for each value that follows. An empty list is no condition. */
export function positional(definition: Definition, given: readonly unknown[]): Condition {
  const [text, ...values] = given
  if (given.length === 0) return new Joined('and', [])
  if (typeof text !== 'string') {
    throw invalidOption(TypeError, `a list as a condition begins with SQL, not with ${describe(text)}`)
  }
  if (text.trim() === '') throw modelError('INVALID_QUERY', 'the SQL of a condition is empty')
  const missing = values.indexOf(undefined)
  if (missing >= 0)
    throw modelError('INVALID_QUERY', `value ${missing + 1} of the condition is undefined: null stands for no value`)
  return new Positional(definition, text, values)
}

class Positional implements Condition {
  readonly #definition: Definition
  readonly #text: string
  readonly #values: readonly unknown[]

  constructor(definition: Definition, text: string, values: readonly unknown[]) {
    this.#definition = definition
    this.#text = text
    this.#values = values
  }

  // How the text is read depends on the database, which a model may be given after the query was written down.
  describe(shape: Shape): void {
    const places = this.#pieces(this.#definition.database.dialect).length - 1
    const { length } = this.#values
    if (places !== length) {
      const message = `the SQL of a condition has ${places} placeholders, but ${length} values follow it`
      throw modelError('INVALID_QUERY', message)
    }
    shape.add(`sql ${this.#text}`)
    for (const value of this.#values) shape.values.push(value)
  }

  write({ place }: Writing): Expression<SqlBool> {
    const [first = '', ...rest] = this.#pieces(this.#definition.database.dialect)
    const parts = rest.map((piece) => sql`${place()}${sql.raw(piece)}`)
    return sql`(${sql.raw(first)}${sql.join(parts, sql``)})`
  }

  // A comment at the end must not take what follows it.
  #pieces(dialect: Dialect): readonly string[] {
    return betweenPlaces(`${this.#text}\n`, dialect)
  }
}
