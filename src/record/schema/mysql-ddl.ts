import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Database } from '../database.ts'
import { Shape } from '../statement.ts'

/** Statements without those that add what is there, which no IF NOT EXISTS can say: foreign keys, and MySQL's indexes. */
export async function missingOf(
  database: Database,
  statements: readonly string[],
  { ifNotExists = false }: { readonly ifNotExists?: boolean } = {},
): Promise<readonly string[]> {
  if (!ifNotExists) return statements
  const others = await withoutKeys(database, statements)
  return database.dialect === 'mysql' ? await withoutIndexes(database, others) : others
}

async function withoutKeys(database: Database, statements: readonly string[]): Promise<readonly string[]> {
  const { dialect, writer } = database
  if (!statements.some((one) => one.startsWith('alter table '))) return statements
  const schema = dialect === 'mysql' ? sql`database()` : sql`current_schema()`
  const statement = database.statement(
    new Shape('foreign key names', dialect),
    () => sql`
      select table_name, constraint_name from information_schema.table_constraints
      where table_schema = ${schema} and constraint_type = 'FOREIGN KEY'`,
  )
  const rows = (await database.query(statement, [])) as string[][]
  const begins = rows.map(
    ([table = '', name = '']) => sql`alter table ${sql.id(table)} add constraint ${sql.id(name)} `.compile(writer).sql,
  )
  return statements.filter((one) => !begins.some((begin) => one.startsWith(begin)))
}

async function withoutIndexes(database: Database, statements: readonly string[]): Promise<readonly string[]> {
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
