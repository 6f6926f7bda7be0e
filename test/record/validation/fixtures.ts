import type { ConnectionPool, PoolOptions } from 'offloop'
import { connect } from 'offloop/record'
import { type Owner, openPool, tunedDatabases } from '../../databases.ts'

/** Models on a database of their own with these tables. */
export async function connected(
  owner: Owner,
  models: readonly object[],
  tables: readonly string[],
  options: PoolOptions = {},
): Promise<ConnectionPool> {
  const [database] = tunedDatabases
  if (!database) throw new Error('there is no database')
  const pool = openPool(owner, database, options)
  for (const table of tables) await pool.runOperation(table)
  connect(pool, models, { replace: true })
  return pool
}

/** A promise that others end. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: () => resolve() }
}
