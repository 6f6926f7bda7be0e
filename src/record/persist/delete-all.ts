import { sql } from '../../sql/index.ts'
import { isEmpty, type Plan } from '../query/plan.ts'
import { Shape } from '../statement.ts'
import { changedRows, describeChanged } from './rows.ts'

/** Deletes all rows that a plan means, in one statement; gives how many there were. */
export async function deleteRows(plan: Plan): Promise<number> {
  if (isEmpty(plan)) return 0
  const { table, database } = plan.definition
  const shape = new Shape(`delete all ${table}\u0000`, database.dialect)
  describeChanged(plan, shape)
  const statement = database.statement(
    shape,
    (place) => sql`delete from ${sql.id(table)}${changedRows(plan, { table, place, dialect: database.dialect })}`,
  )
  return (await database.change(statement, shape.values)).rowCount
}
