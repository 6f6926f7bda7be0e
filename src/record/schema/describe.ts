import { NotSupportedError } from '../../contract/errors.ts'
import type { Database } from '../database.ts'
import type { TableDescription } from './description.ts'
import { describeSqliteTable, sqliteTableNames } from './sqlite-tables.ts'

/** A table of the database, as it is; null if there is none of this name. */
export function describeTable(database: Database, name: string): Promise<TableDescription | null> {
  mustBeSqlite(database)
  return describeSqliteTable(database, name)
}

/** The names of the tables that there are, sorted. */
export function tableNames(database: Database): Promise<string[]> {
  mustBeSqlite(database)
  return sqliteTableNames(database)
}

function mustBeSqlite({ dialect }: Database): void {
  if (dialect === 'sqlite') return
  const message = `what tables a ${dialect} database has cannot be asked yet: declare the columns of its models`
  throw new NotSupportedError(message, { code: 'NO_INTROSPECTION', kind: 'unsupported' })
}
