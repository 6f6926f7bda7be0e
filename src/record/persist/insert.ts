import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { markStored, rawValue } from '../attributes.ts'
import { DEFINITION, type Definition, SLOTS, type Slot, STATUS, type Stateful } from '../contract.ts'
import { Shape, type Write } from '../statement.ts'

/** Writes a new record. What the database fills in, its key and defaults, is read back in the same statement. */
export async function insertRecord(record: Stateful): Promise<void> {
  const definition = record[DEFINITION]
  const given: Attribute[] = []
  const missing: Attribute[] = []
  for (const attribute of definition.attributes) {
    if (record[SLOTS][attribute.index] === undefined) missing.push(attribute)
    else given.push(attribute)
  }
  const values = given.map((attribute) => rawValue(record, attribute))
  const filled = await insertRow(definition, given, missing, values)
  const raws = new Map<Attribute, Slot>(given.map((attribute, at) => [attribute, values[at]]))
  for (const [at, attribute] of missing.entries()) raws.set(attribute, filled[at] ?? null)
  markStored(record, raws)
  record[STATUS] = 'stored'
}

async function insertRow(
  definition: Definition,
  given: readonly Attribute[],
  missing: readonly Attribute[],
  values: readonly Value[],
): Promise<readonly Slot[]> {
  const { database, table } = definition
  const shape = new Shape(`insert ${table}\u0000`)
  for (const { column } of given) shape.add(column)
  const statement = database.statement(shape, insertion(table, given, missing))
  if (missing.length === 0) {
    await database.change(statement, values)
    return []
  }
  const [row = []] = await database.query(statement, values)
  return row
}

function insertion(table: string, given: readonly Attribute[], missing: readonly Attribute[]): Write {
  const columns = sql.join(given.map(({ column }) => sql.id(column)))
  const back = missing.length === 0 ? sql`` : sql` returning ${sql.join(missing.map(({ column }) => sql.id(column)))}`
  return (place) => {
    const places = sql.join(given.map(() => sql`${place()}`))
    const row = given.length === 0 ? sql`default values` : sql`(${columns}) values (${places})`
    return sql`insert into ${sql.id(table)} ${row}${back}`
  }
}
