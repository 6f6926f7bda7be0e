import { NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import type { Definition } from '../contract.ts'
import type { Database } from '../database.ts'
import { TableAttributes } from '../table-attributes.ts'
import { type CreateTableOptions, checkCreation, statementsOf } from './create.ts'
import { checkDropping, type DropTableOptions, dropSql } from './drop.ts'
import { type Links, linksOf } from './links.ts'
import { clearSchema } from './load.ts'
import { circlesOf, missingOf } from './mysql-ddl.ts'
import { inOrder } from './order.ts'
import { runTogether } from './run.ts'
import { linksSqlOf, tableSqlOf } from './table-sql.ts'

/** Which tables are created. */
export type CreateTablesOptions = Pick<CreateTableOptions, 'ifNotExists'>

/** Which tables are dropped. */
export type DropTablesOptions = Pick<DropTableOptions, 'ifExists'>

/** What creates the tables of models, those before others that refer to them, and constraints of a circle last. */
export function createTablesSql(
  database: Database,
  definitions: readonly Definition[],
  given: CreateTablesOptions = NO_OPTIONS,
): readonly string[] {
  const options = checkCreation(ownOptions(given, ['ifNotExists'], 'createTables'))
  const ordered = inOrder(tablesOf(definitions))
  const before = new Set<string>()
  const tables = ordered.map((definition) => {
    before.add(definition.table)
    const there = new Set(before)
    return tableSqlOf(database, definition, ({ target }) => there.has(target.table))
  })
  const links = allLinks(ordered).map((one) => linksSqlOf(database, one))
  const constraints = tables.flatMap((table) => table.constraints)
  return [...[...tables, ...links].flatMap((table) => statementsOf(table, options)), ...constraints]
}

export async function createTables(
  database: Database,
  definitions: readonly Definition[],
  options?: CreateTablesOptions,
): Promise<void> {
  const statements = createTablesSql(database, definitions, options)
  await runTogether(database, await missingOf(database, statements, options))
}

/** Drops the tables of models, those first that refer to others. */
export async function dropTables(
  database: Database,
  definitions: readonly Definition[],
  given: DropTablesOptions = NO_OPTIONS,
): Promise<void> {
  const options = checkDropping(ownOptions(given, ['ifExists'], 'dropTables'))
  // PostgreSQL drops the constraints of a circle with the tables.
  const dropping = { ...options, cascade: database.dialect === 'postgres' }
  const ordered = inOrder(tablesOf(definitions)).reverse()
  const links = allLinks(ordered).map((one) => dropSql(database, one.table, { ...dropping, ifExists: true }))
  const statements = ordered.map(({ table }) => dropSql(database, table, dropping))
  const circles = await circlesOf(
    database,
    ordered.map(({ table }) => table),
  )
  await runTogether(database, [...switches(database), ...circles, ...links, ...statements])
  for (const definition of definitions) clearSchema(definition)
}

// What a table that is dropped leaves behind is looked at when all of them are gone.
function switches({ dialect }: Database): string[] {
  return dialect === 'sqlite' ? ['pragma defer_foreign_keys = on'] : []
}

// Several classes may have one table, and some have a table that somebody else created.
function tablesOf(definitions: readonly Definition[]): Definition[] {
  const declared = definitions.filter(({ attributes }) => !(attributes instanceof TableAttributes))
  return [...new Map(declared.toReversed().map((definition) => [definition.table, definition])).values()].reverse()
}

function allLinks(definitions: readonly Definition[]): Links[] {
  return [...new Map(definitions.flatMap(linksOf).map((links) => [links.table, links])).values()]
}
