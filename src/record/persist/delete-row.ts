import { sql } from '../../sql/index.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { withDependents } from '../relations/dependents.ts'
import { Shape, type Statement } from '../statement.ts'
import { exclusively } from './exclusively.ts'
import { addRow, describeRow, mustBeStored, writeRowOf } from './key.ts'
import { KnownStatements } from './known-statements.ts'
import { become } from './undo.ts'
import { gone } from './update.ts'

/** Deletes the row of a record that is stored, after what depends on it was dealt with. */
export function deleteRow(record: Stateful): Promise<void> {
  return withDependents(record, () => exclusively(record, deleteAlone))
}

const statements = new KnownStatements()
const NO_ATTRIBUTE = 0

async function deleteAlone(record: Stateful): Promise<void> {
  mustBeStored(record, 'delete')
  const definition = record[DEFINITION]
  const values: unknown[] = []
  const isUsual = addRow(record, values)
  const make = () => deletionOf(record)
  const statement = isUsual ? statements.of(definition, NO_ATTRIBUTE, make) : make()
  const { rowCount } = await definition.database.change(statement, values)
  if (rowCount === 0) throw gone(definition.name)
  become(record, () => {
    record[STATUS] = 'deleted'
  })
}

function deletionOf(record: Stateful): Statement {
  const { database, table } = record[DEFINITION]
  const shape = new Shape(`delete ${table}\u0000`, database.dialect)
  describeRow(record, shape)
  return database.statement(shape, (place) => sql`delete from ${sql.id(table)} where ${writeRowOf(record, place)}`)
}
