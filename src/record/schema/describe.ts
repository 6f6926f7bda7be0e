import type { Dialect } from '../../sql/index.ts'
import type { Database } from '../database.ts'
import type { TableDescription } from './description.ts'
import { describeMysqlTable, mysqlTableNames } from './mysql-tables.ts'
import { describePostgresTable, postgresTableNames } from './postgres-tables.ts'
import { describeSqliteTable, sqliteTableNames } from './sqlite-tables.ts'

/** How a database is asked what tables it has. */
interface Catalogue {
  readonly describe: (database: Database, name: string) => Promise<TableDescription | null>
  readonly names: (database: Database) => Promise<string[]>
}

const catalogues: Readonly<Record<Dialect, Catalogue>> = {
  sqlite: { describe: describeSqliteTable, names: sqliteTableNames },
  postgres: { describe: describePostgresTable, names: postgresTableNames },
  mysql: { describe: describeMysqlTable, names: mysqlTableNames },
}

/** A table of the database, as it is; null if there is none of this name. */
export function describeTable(database: Database, name: string): Promise<TableDescription | null> {
  return catalogues[database.dialect].describe(database, name)
}

/** The names of the tables that there are, sorted. */
export function tableNames(database: Database): Promise<readonly string[]> {
  return catalogues[database.dialect].names(database)
}
