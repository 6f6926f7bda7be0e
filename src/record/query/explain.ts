import type { Plan } from './plan.ts'
import { selection } from './selection.ts'

/** A statement as it is sent: for people and logs. */
export interface SqlText {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** The statement that a plan is read by. */
export function sqlOf(plan: Plan): SqlText {
  const { statement, values } = selection(plan)
  return { sql: statement.sql, values: [...statement.bind(values)] }
}

/** How the database goes about it, in its own words, a step a line. */
export async function explainPlan(plan: Plan): Promise<string> {
  const { database } = plan.definition
  const { statement, values } = selection(plan)
  const isSqlite = database.dialect === 'sqlite'
  const sql = `${isSqlite ? 'explain query plan' : 'explain'} ${statement.sql}`
  const rows = await database.query({ ...statement, sql }, values)
  return isSqlite ? stepsOf(rows) : rows.map((row) => row.join(' ')).join('\n')
}

// SQLite gives each step a number and that of the step that it is a part of.
function stepsOf(rows: readonly unknown[][]): string {
  const depths = new Map<unknown, number>()
  const lines = rows.map(([id, parent, , text]) => {
    const depth = (depths.get(parent) ?? -1) + 1
    depths.set(id, depth)
    return `${'  '.repeat(depth)}${String(text)}`
  })
  return lines.join('\n')
}
