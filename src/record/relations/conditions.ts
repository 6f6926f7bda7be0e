import { type Expression, type RawBuilder, type SqlBool, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Slot } from '../contract.ts'
import { Among } from '../query/among.ts'
import { Compared, type Condition, ref, type Writing } from '../query/condition.ts'
import { describeConditions, whereOf } from '../query/rows.ts'
import type { Shape } from '../statement.ts'
import type { Owners } from './owners.ts'
import { areMixed, fitting } from './translate.ts'

/** Rows of a table that fulfil conditions, and which of their columns is meant. */
export interface Selected {
  readonly table: string
  readonly column: Attribute
  readonly conditions: readonly Condition[]
}

/** The column has a value that these rows have too. */
export class AmongSelected implements Condition {
  readonly #attribute: Attribute
  readonly #selected: Selected

  constructor(attribute: Attribute, selected: Selected) {
    this.#attribute = attribute
    this.#selected = selected
  }

  describe(shape: Shape): void {
    const { table, column, conditions } = this.#selected
    shape.add('in select')
    shape.addColumn(this.#attribute)
    shape.add(table)
    shape.addColumn(column)
    describeConditions('where', conditions, shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    const { table, column, conditions } = this.#selected
    const inner = { ...writing, table }
    const isMixed = writing.dialect === 'postgres' && areMixed(this.#attribute, column)
    const same = (one: RawBuilder<unknown>) => (isMixed ? sql`cast(${one} as text)` : one)
    const rows = sql`select ${same(sql.id(table, column.column))} from ${sql.id(table)}${whereOf({ conditions }, inner)}`
    return sql`${same(ref(this.#attribute, writing))} in (${rows})`
  }
}

/** That an attribute has one of the values of these owners, or the one of their rows. */
export function matching(attribute: Attribute, owners: Owners, ownerSide: Attribute): Condition {
  if ('values' in owners) {
    return equalToAny(
      attribute,
      owners.values.map((value) => fitting(value, ownerSide, attribute)),
    )
  }
  return new AmongSelected(attribute, { ...owners, column: ownerSide })
}

export function equalToAny(attribute: Attribute, values: readonly Slot[]): Condition {
  return values.length === 1 ? new Compared(attribute, '=', values[0]) : new Among(attribute, values)
}
