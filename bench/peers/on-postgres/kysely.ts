import { installed } from '../installed.ts'
import { openPg } from '../pg-module.ts'
import { type Database, type Nesting, recordsOf } from '../records/kysely.ts'
import { onlyRecords } from './only-records.ts'

interface Module {
  Kysely: new (options: { dialect: unknown }) => Database
  PostgresDialect: new (options: { pool: unknown }) => unknown
}

const { Kysely, PostgresDialect } = await installed<Module>('kysely')
const nesting = await installed<Nesting>('kysely/helpers/postgres')

/** Kysely on the pool of pg, which reads JSON by itself. */
export const peer = onlyRecords(async (url) => {
  const database = new Kysely({ dialect: new PostgresDialect({ pool: openPg(url) }) })
  return recordsOf(database, database, nesting)
})
