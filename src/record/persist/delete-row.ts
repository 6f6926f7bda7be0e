import { sql } from '../../sql/index.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { Shape } from '../statement.ts'
import { mustBeStored, storedKey, writeKey } from './key.ts'
import { gone } from './update.ts'

/** Deletes the row of a record that is stored, and nothing else. */
export async function deleteRow(record: Stateful): Promise<void> {
  mustBeStored(record, 'delete')
  const { database, table, name } = record[DEFINITION]
  const statement = database.statement(
    new Shape(`delete ${table}\u0000`),
    (place) => sql`delete from ${sql.id(table)} where ${writeKey(record, place)}`,
  )
  const { rowCount } = await database.change(statement, storedKey(record))
  if (rowCount === 0) throw gone(name)
  record[STATUS] = 'deleted'
}
