import { installed } from '../installed.ts'
import { openPg } from '../pg-module.ts'
import { blogSchema, type Core, type Database, recordsOf } from '../records/drizzle.ts'
import { onlyRecords } from './only-records.ts'

interface Binding {
  drizzle(client: unknown, options: { schema: object }): Database
}

const { pgTable, integer, text } = await installed<Omit<Core, 'table'> & { pgTable: Core['table'] }>(
  'drizzle-orm/pg-core',
)
const { drizzle } = await installed<Binding>('drizzle-orm/node-postgres')
const schema = blogSchema({ table: pgTable, integer, text })

/** Drizzle on the pool of pg. */
export const peer = onlyRecords(async (url) => {
  const pool = openPg(url)
  return recordsOf(drizzle(pool, { schema }), schema, () => pool.end())
})
