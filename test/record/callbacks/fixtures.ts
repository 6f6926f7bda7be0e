import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ConnectionPool } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { type Database, type Owner, openPool } from '../../databases.ts'
import { prepare } from '../tables.ts'

export const TABLE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER)'

/** A model of its own. */
export function newUser() {
  return class User extends Model('users', {
    id: c.integer().primaryKey(),
    name: c.text().nullable(),
    age: c.integer().nullable(),
  }) {}
}

/** Models on a database of their own; what they send is told. */
export async function connected(
  owner: Owner,
  database: Database,
  models: readonly object[],
  tell: (sql: string) => void = () => undefined,
): Promise<ConnectionPool> {
  const pool = openPool(owner, database)
  await prepare(pool, TABLE)
  connect(pool, models, { replace: true, log: ({ sql }) => tell(String(sql.split(' ', 1))) })
  return pool
}

/** How many transactions of the pool begin while `work` runs. */
export async function transactionsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const listener = () => void count++
  subscribe('tracing:offloop:transaction:start', listener)
  try {
    await work()
  } finally {
    unsubscribe('tracing:offloop:transaction:start', listener)
  }
  return count
}
