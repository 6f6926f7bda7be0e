import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Database } from '../database.ts'
import { Shape } from '../statement.ts'

/** Statements without those that create an index that is there: MySQL has no IF NOT EXISTS for these. */
export async function missingOf(
  database: Database,
  statements: readonly string[],
  { ifNotExists = false }: { readonly ifNotExists?: boolean } = {},
): Promise<readonly string[]> {
  if (database.dialect !== 'mysql' || !ifNotExists) return statements
  const statement = database.statement(
    new Shape('mysql index names', 'mysql'),
    () =>
      sql`select distinct table_name, index_name from information_schema.statistics where table_schema = database()`,
  )
  const rows = (await database.query(statement, [])) as Value[][]
  const there = rows.map(([table, index]) => sql` index ${sql.id(String(index))} on ${sql.id(String(table))} (`)
  const begins = there.map((part) => part.compile(database.writer).sql)
  return statements.filter(
    (one) => !/^create (unique )?index /.test(one) || !begins.some((begin) => startsWith(one, begin)),
  )
}

function startsWith(statement: string, rest: string): boolean {
  return statement.startsWith(`create${rest}`) || statement.startsWith(`create unique${rest}`)
}

/** What drops the foreign keys of tables that refer to some that are dropped before them. */
export async function circlesOf(database: Database, dropped: readonly string[]): Promise<readonly string[]> {
  if (database.dialect !== 'mysql') return []
  const statement = database.statement(
    new Shape('mysql foreign key names', 'mysql'),
    () => sql`
      select table_name, constraint_name, referenced_table_name from information_schema.referential_constraints
      where constraint_schema = database()`,
  )
  const rows = (await database.query(statement, [])) as string[][]
  const isFirst = (one: string, other: string) => dropped.includes(one) && dropped.indexOf(one) < dropped.indexOf(other)
  return rows
    .filter(([table = '', , referred = '']) => isFirst(referred, table))
    .map(([table = '', name = '']) => dropKey(table, name).compile(database.writer).sql)
}

function dropKey(table: string, name: string) {
  return sql`alter table ${sql.id(table)} drop foreign key ${sql.id(name)}`
}
