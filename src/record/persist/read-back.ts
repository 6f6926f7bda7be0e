import type { Value } from '../../contract/value.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Slot } from '../contract.ts'
import { Compared } from '../query/condition.ts'
import { wholeTable } from '../query/plan.ts'
import { selection } from '../query/selection.ts'

/** Writes what a statement gives of the rows that it wrote. MySQL's cannot give any. */
export function returning({ database }: Pick<Definition, 'database'>, back: readonly Attribute[]): RawBuilder<unknown> {
  return back.length === 0 || database.dialect === 'mysql' ? sql`` : givingBack(back)
}

export function givingBack(back: readonly Attribute[]): RawBuilder<unknown> {
  return sql` returning ${sql.join(back.map(({ column }) => sql.id(column)))}`
}

/** Reads what the database has for some attributes of the row with this key. */
export async function readBack(
  definition: Definition,
  key: readonly Value[],
  back: readonly Attribute[],
): Promise<Slot[] | undefined> {
  const conditions = definition.attributes.key.map((attribute, at) => new Compared(attribute, '=', key[at]))
  const { statement, values } = selection({ ...wholeTable(definition), conditions, selected: back })
  const [row] = await definition.database.query(statement, values)
  return row
}
