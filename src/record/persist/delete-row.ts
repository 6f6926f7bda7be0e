import { sql } from '../../sql/index.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { withDependents } from '../relations/dependents.ts'
import { Shape } from '../statement.ts'
import { exclusively } from './exclusively.ts'
import { describeRow, mustBeStored, writeRowOf } from './key.ts'
import { become } from './undo.ts'
import { gone } from './update.ts'

/** Deletes the row of a record that is stored, after what depends on it was dealt with. */
export async function deleteRow(record: Stateful): Promise<void> {
  await withDependents(record, () => deleteAlone(record))
}

async function deleteAlone(record: Stateful): Promise<void> {
  await exclusively(record, async () => {
    mustBeStored(record, 'delete')
    const { database, table, name } = record[DEFINITION]
    const shape = new Shape(`delete ${table}\u0000`, database.dialect)
    describeRow(record, shape)
    const statement = database.statement(
      shape,
      (place) => sql`delete from ${sql.id(table)} where ${writeRowOf(record, place)}`,
    )
    const { rowCount } = await database.change(statement, shape.values)
    if (rowCount === 0) throw gone(name)
    become(record, () => {
      record[STATUS] = 'deleted'
    })
  })
}
