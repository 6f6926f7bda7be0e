import { type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { decodedSlot } from '../attributes.ts'
import type { Shape } from '../statement.ts'
import { type Condition, ref, type Writing } from './condition.ts'
import type { Measure } from './measure.ts'
import { operand } from './operand.ts'
import { isEmpty, type Plan } from './plan.ts'
import { describeRows, writeRows } from './rows.ts'
import { asked } from './selection.ts'

/** One group: what its rows have in common, and what they give together. */
export interface Counted {
  readonly by: readonly unknown[]
  readonly measures: readonly unknown[]
}

/** What measures give over each group of the rows that a plan means. */
export async function measureGroups(
  plan: Plan,
  attributes: readonly Attribute[],
  measures: readonly Measure[],
): Promise<Counted[]> {
  if (isEmpty(plan)) return []
  const { database, name } = plan.definition
  const { statement, values } = asked(
    'groups',
    plan,
    (writing) => {
      const columns = attributes.map((attribute) => ref(attribute, writing))
      const made = measures.map(({ attribute, write }) => write(attribute && ref(attribute, writing)))
      return sql`select ${sql.join([...columns, ...made])}${writeRows(plan, writing)}`
    },
    (_, shape) => {
      shape.add(`${measures.length}`)
      for (const { key } of measures) shape.add(key)
      describeRows(plan, shape)
    },
  )
  const rows = await database.query(statement, values)
  const width = attributes.length
  return rows.map((row) => ({
    by: attributes.map((attribute, at) => decodedSlot(name, attribute, row[at])),
    measures: measures.map((measure, at) => measure.read(row[width + at])),
  }))
}

/** A condition on what a measure gives over a group. */
export class Measured implements Condition {
  readonly #measure: Measure
  readonly #operator: string
  readonly #value: unknown

  constructor(measure: Measure, operator: string, value: unknown) {
    this.#measure = measure
    this.#operator = operator
    this.#value = value
  }

  describe(shape: Shape): void {
    shape.add(`${this.#measure.key} ${this.#operator}`)
    if (this.#measure.attribute) shape.addColumn(this.#measure.attribute)
    shape.values.push(this.#value)
  }

  write(writing: Writing): Expression<SqlBool> {
    const { attribute, write } = this.#measure
    const measured = write(attribute && ref(attribute, writing))
    return sql`${measured} ${sql.raw(this.#operator)} ${this.#comparand(writing)}`
  }

  // A count is a whole number to PostgreSQL, and would be compared with no other.
  #comparand({ place, dialect }: Writing): Expression<unknown> {
    const { attribute, isNumber } = this.#measure
    if (attribute && !isNumber) return operand(attribute, { place, dialect })
    return dialect === 'postgres' ? sql`cast(${place()} as numeric)` : sql`${place()}`
  }
}
