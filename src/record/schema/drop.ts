import { checkBoolean, invalidOption, NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import { sql } from '../../sql/index.ts'
import type { Definition } from '../contract.ts'
import type { Database } from '../database.ts'
import { linksOf } from './links.ts'
import { clearSchema } from './load.ts'
import { runTogether } from './run.ts'

/** What goes with a table. */
export interface DropTableOptions {
  /** Nothing happens where there is no such table. Default false: that is an error. */
  readonly ifExists?: boolean
  /** The tables of `hasAndBelongsToMany` too. Default true. */
  readonly joinTables?: boolean
  /** The foreign keys of other tables that refer to it go too. Only PostgreSQL knows this. Default false. */
  readonly cascade?: boolean
}

export function checkDropping(given: DropTableOptions = NO_OPTIONS): Required<DropTableOptions> {
  const options = ownOptions(given, ['ifExists', 'joinTables', 'cascade'], 'dropTable')
  const { ifExists = false, joinTables = true, cascade = false } = options
  for (const [name, value] of Object.entries({ ifExists, joinTables, cascade })) checkBoolean(name, value)
  return { ifExists, joinTables, cascade }
}

/** Drops the table of a model, and what it knew of it. */
export async function dropTable(definition: Definition, given?: DropTableOptions): Promise<void> {
  const options = checkDropping(given)
  const { database, table } = definition
  checkCascade(database, options)
  // A table of links refers to this one: it goes first, and is nobody's whose table is gone.
  const links = options.joinTables
    ? linksOf(definition).map((one) => dropSql(database, one.table, { ...options, ifExists: true }))
    : []
  await runTogether(database, [...links, dropSql(database, table, options)])
  clearSchema(definition)
}

/** What drops a table. */
export function dropSql(
  { writer }: Database,
  table: string,
  { ifExists, cascade }: Required<DropTableOptions>,
): string {
  const guard = sql.raw(ifExists ? 'if exists ' : '')
  return sql`drop table ${guard}${sql.id(table)}${sql.raw(cascade ? ' cascade' : '')}`.compile(writer).sql
}

function checkCascade({ dialect }: Database, { cascade }: Required<DropTableOptions>): void {
  if (!cascade || dialect === 'postgres') return
  throw invalidOption(TypeError, `cascade is PostgreSQL's: ${dialect} cannot drop the foreign keys of other tables`)
}
