import { openBetterSqlite3 } from '../better-sqlite3-module.ts'
import { installed } from '../installed.ts'
import type { OpenRecords } from '../records.ts'
import { equalSettings } from '../settings.ts'
import { blogSchema, type Core, type Database, recordsOf } from './drizzle.ts'

interface Binding {
  drizzle(client: unknown, options: { schema: object }): Database
}

const { sqliteTable, integer, text } = await installed<Omit<Core, 'table'> & { sqliteTable: Core['table'] }>(
  'drizzle-orm/sqlite-core',
)
const { drizzle } = await installed<Binding>('drizzle-orm/better-sqlite3')
const schema = blogSchema({ table: sqliteTable, integer, text })

/** Drizzle on better-sqlite3. */
export const openRecords: OpenRecords = async (file) => {
  const client = openBetterSqlite3(file, equalSettings)
  return recordsOf(drizzle(client, { schema }), schema, async () => client.close())
}
