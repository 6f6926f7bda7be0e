import { openBetterSqlite3 } from '../better-sqlite3-module.ts'
import { installed } from '../installed.ts'
import type { OpenRecords } from '../records.ts'
import { equalSettings } from '../settings.ts'
import { type Database, type Nesting, recordsOf } from './kysely.ts'

interface Module {
  Kysely: new (options: { dialect: unknown; plugins: unknown[] }) => Database
  SqliteDialect: new (options: { database: unknown }) => unknown
  ParseJSONResultsPlugin: new () => unknown
}

const { Kysely, SqliteDialect, ParseJSONResultsPlugin } = await installed<Module>('kysely')
const nesting = await installed<Nesting>('kysely/helpers/sqlite')

/** Kysely on better-sqlite3. */
export const openRecords: OpenRecords = async (file) => {
  const dialect = new SqliteDialect({ database: openBetterSqlite3(file, equalSettings) })
  const parsing = new Kysely({ dialect, plugins: [new ParseJSONResultsPlugin()] })
  return recordsOf(new Kysely({ dialect, plugins: [] }), parsing, nesting)
}
