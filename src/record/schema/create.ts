import { checkBoolean, NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import type { Definition } from '../contract.ts'
import type { Database } from '../database.ts'
import { linksOf } from './links.ts'
import { missingOf } from './mysql-ddl.ts'
import { runTogether } from './run.ts'
import { linksSqlOf, type TableSql, tableSqlOf } from './table-sql.ts'

/** What is created with a table, and what of it may be there already. */
export interface CreateTableOptions {
  /** What is there already stays as it is, and what is missing of it is made: tables of links, indexes. Default false. */
  readonly ifNotExists?: boolean
  /** The indexes too. Default true. */
  readonly indexes?: boolean
  /** The tables of `hasAndBelongsToMany` too. Default true. */
  readonly joinTables?: boolean
  /** Foreign keys are part of the table. Default true; SQLite has them in any case, and takes tables in any order. */
  readonly constraints?: boolean
}

const KNOWN = ['ifNotExists', 'indexes', 'joinTables', 'constraints'] as const

export function checkCreation(given: CreateTableOptions = NO_OPTIONS): Required<CreateTableOptions> {
  const options = ownOptions(given, KNOWN, 'createTable')
  const { ifNotExists = false, indexes = true, joinTables = true, constraints = true } = options
  for (const [name, value] of Object.entries({ ifNotExists, indexes, joinTables, constraints }))
    checkBoolean(name, value)
  return { ifNotExists, indexes, joinTables, constraints }
}

/** Creates the table of a model. Gives the SQL that adds the constraints which were left out. */
export async function createTable(definition: Definition, given?: CreateTableOptions): Promise<readonly string[]> {
  const options = checkCreation(given)
  const { database } = definition
  const { own, links } = sqlOf(database, definition, options)
  const statements = [own, ...links].flatMap((table) => statementsOf(table, options))
  await runTogether(database, await missingOf(database, statements, options))
  return own.constraints
}

/** What `createTable` would run, in this order; constraints that it leaves out are not among them. */
export function createTableSql(definition: Definition, given?: CreateTableOptions): readonly string[] {
  const options = checkCreation(given)
  const { own, links } = sqlOf(definition.database, definition, options)
  return [own, ...links].flatMap((table) => statementsOf(table, options))
}

function sqlOf(database: Database, definition: Definition, { constraints, joinTables }: Required<CreateTableOptions>) {
  const links = joinTables ? linksOf(definition) : []
  return {
    own: tableSqlOf(database, definition, () => constraints),
    links: links.map((one) => linksSqlOf(database, one)),
  }
}

/** The statements that create one table. */
export function statementsOf(table: TableSql, { ifNotExists, indexes }: Required<CreateTableOptions>): string[] {
  return [table.create(ifNotExists), ...(indexes ? table.indexes(ifNotExists) : [])]
}
