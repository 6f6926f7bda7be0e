import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Slot } from '../contract.ts'
import type { Condition } from '../query/condition.ts'
import type { Plan } from '../query/plan.ts'
import { describeConditions, whereOf } from '../query/rows.ts'
import { selection } from '../query/select.ts'
import { Shape } from '../statement.ts'
import { chunksOf } from './chunks.ts'
import { equalToAny } from './conditions.ts'

/** A table as relations change it. */
export type Table = Pick<Definition, 'table' | 'database'>

/** What an attribute of some rows is to be. */
export type Settings = ReadonlyMap<Attribute, Value>

/** Gives rows other values; tells how many there were. */
export async function updateRows(
  { table, database }: Table,
  settings: Settings,
  conditions: readonly Condition[],
): Promise<number> {
  const shape = new Shape(`update rows ${table}\u0000`, database.dialect)
  for (const [attribute, value] of settings) {
    shape.addColumn(attribute)
    shape.values.push(value)
  }
  describeConditions('where', conditions, shape)
  const statement = database.statement(shape, (place) => {
    const set = sql.join([...settings.keys()].map((one) => sql`${sql.id(one.column)} = ${place(one)}`))
    return sql`update ${sql.id(table)} set ${set}${whereOf({ conditions }, { table, place, dialect: database.dialect })}`
  })
  return (await database.change(statement, shape.values)).rowCount
}

/** Deletes rows; tells how many there were. */
export async function deleteRows({ table, database }: Table, conditions: readonly Condition[]): Promise<number> {
  const shape = new Shape(`delete rows ${table}\u0000`, database.dialect)
  describeConditions('where', conditions, shape)
  const statement = database.statement(
    shape,
    (place) => sql`delete from ${sql.id(table)}${whereOf({ conditions }, { table, place, dialect: database.dialect })}`,
  )
  return (await database.change(statement, shape.values)).rowCount
}

/** Inserts rows, as many in one statement as it takes. */
export async function insertRows(
  { table, database }: Table,
  columns: readonly Attribute[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  for (const part of chunksOf(database, rows, columns.length)) {
    const shape = new Shape(`insert rows ${table}\u0000`, database.dialect)
    for (const attribute of columns) shape.addColumn(attribute)
    shape.add(String(part.length))
    const statement = database.statement(shape, (place) => {
      const tuples = part.map((row) => sql`(${sql.join(row.map((_, at) => sql`${place(columns[at])}`))})`)
      const names = sql.join(columns.map(({ column }) => sql.id(column)))
      return sql`insert into ${sql.id(table)} (${names}) values ${sql.join(tuples)}`
    })
    await database.change(statement, part.flat())
  }
}

/** What the database has for some attributes of the rows that a plan means. */
export async function readRows(plan: Plan, attributes: readonly Attribute[]): Promise<Slot[][]> {
  const { statement, values } = selection({ ...plan, selected: attributes })
  return await plan.definition.database.query(statement, values)
}

/** Does something with rows of which an attribute has one of these values, as many at once as one statement takes. */
export async function inChunks(
  { database }: Table,
  attribute: Attribute,
  values: readonly Slot[],
  work: (conditions: readonly Condition[]) => Promise<number>,
): Promise<number> {
  let count = 0
  for (const part of chunksOf(database, values)) count += await work([equalToAny(attribute, part)])
  return count
}
