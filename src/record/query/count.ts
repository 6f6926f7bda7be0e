import { sql } from '../../sql/index.ts'
import { inSchema } from '../schema/load.ts'
import { Shape } from '../statement.ts'
import type { Plan } from './plan.ts'
import { describeRows, rowsOf } from './rows.ts'

/** How many rows a plan means. */
export async function countRows(plan: Plan): Promise<number> {
  const rows = { ...plan, order: [] }
  const isPart = plan.limit !== null || plan.offset > 0
  const [[count] = []] = await ask(isPart ? 'count part' : 'count', rows, (from) =>
    isPart ? sql`select count(*) from (select 1 ${from}) as part` : sql`select count(*) ${from}`,
  )
  return Number(count)
}

/** Whether a plan means any row. */
export async function hasRows(plan: Plan): Promise<boolean> {
  if (plan.limit === 0) return false
  const rows = await ask('exists', { ...plan, order: [], limit: 1 }, (from) => sql`select 1 ${from}`)
  return rows.length > 0
}

type Fragment = ReturnType<typeof sql>

function ask(kind: string, plan: Plan, write: (from: Fragment) => Fragment): Promise<unknown[][]> {
  const { table, database } = plan.definition
  const shape = new Shape(`${kind} ${table}\u0000`)
  describeRows(plan, shape)
  return inSchema(plan.definition, () => {
    const statement = database.statement(shape, (place) =>
      write(sql`from ${sql.id(table)}${rowsOf(plan, { table, place })}`),
    )
    return database.query(statement, shape.values)
  })
}
