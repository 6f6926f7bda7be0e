import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { Shape, type Statement } from '../statement.ts'
import type { NewRow } from './new-row.ts'
import { givingBack, returning } from './read-back.ts'

/** What becomes of a row that is there already, and what is read back. */
export interface Insertion {
  /** Tells texts apart that differ in it. */
  readonly key: string
  readonly onConflict: RawBuilder<unknown>
  readonly back: readonly Attribute[]
  /** MariaDB gives rows back as others do, where MySQL cannot. */
  readonly fromMariaDb?: boolean
}

const PLAIN: Insertion = { key: '', onConflict: sql``, back: [] }

/** The statement that inserts a row with values for these attributes, in their order. */
export function insertion(
  definition: Definition,
  { given }: Pick<NewRow, 'given'>,
  { key, onConflict, back, fromMariaDb = false }: Insertion = PLAIN,
): Statement {
  const { table, database } = definition
  const shape = new Shape(`insert ${key}${table}\u0000`, database.dialect)
  for (const attribute of given) shape.addColumn(attribute)
  shape.add('back')
  for (const { column } of back) shape.add(column)
  return database.statement(shape, (place) => {
    const columns = sql.join(given.map(({ column }) => sql.id(column)))
    const places = sql.join(given.map((attribute) => sql`${place(attribute)}`))
    const row = given.length === 0 ? EMPTY[database.dialect] : sql`(${columns}) values (${places})`
    return sql`insert into ${sql.id(table)} ${row}${onConflict}${fromMariaDb ? givingBack(back) : returning(definition, back)}`
  })
}

// Nothing is given: the database fills in all of it.
const EMPTY = { sqlite: sql`default values`, postgres: sql`default values`, mysql: sql`() values ()` } as const
