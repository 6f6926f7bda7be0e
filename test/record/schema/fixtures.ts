import type { ConnectionPool } from 'offloop'
import { connect } from 'offloop/record'
import { type Database, type Owner, openPool } from '../../databases.ts'

/** A pool whose database has the tables of these models. */
export async function withTables(owner: Owner, database: Database, models: readonly object[]): Promise<ConnectionPool> {
  const pool = openPool(owner, database)
  await connect(pool, models, { replace: true }).createTables()
  return pool
}
