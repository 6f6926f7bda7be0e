import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { Shape, type Statement } from '../statement.ts'
import type { NewRow } from './new-row.ts'

/** What becomes of a row that is there already, and what is read back. */
export interface Insertion {
  /** Tells texts apart that differ in it. */
  readonly key: string
  readonly onConflict: RawBuilder<unknown>
  readonly back: readonly Attribute[]
}

const PLAIN: Insertion = { key: '', onConflict: sql``, back: [] }

/** The statement that inserts a row with values for these attributes, in their order. */
export function insertion(
  { table, database }: Definition,
  { given }: Pick<NewRow, 'given'>,
  { key, onConflict, back }: Insertion = PLAIN,
): Statement {
  const shape = new Shape(`insert ${key}${table}\u0000`)
  for (const { column } of given) shape.add(column)
  shape.add('back')
  for (const { column } of back) shape.add(column)
  return database.statement(shape, (place) => {
    const columns = sql.join(given.map(({ column }) => sql.id(column)))
    const places = sql.join(given.map(() => sql`${place()}`))
    const row = given.length === 0 ? sql`default values` : sql`(${columns}) values (${places})`
    return sql`insert into ${sql.id(table)} ${row}${onConflict}${returning(back)}`
  })
}

function returning(back: readonly Attribute[]): RawBuilder<unknown> {
  return back.length === 0 ? sql`` : sql` returning ${sql.join(back.map(({ column }) => sql.id(column)))}`
}
