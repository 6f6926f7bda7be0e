import type { ConnectionPool } from 'offloop'

/** PostgreSQL goes on counting where it was, whatever keys were given: it is told to count on from the greatest. */
export async function keysWereGiven(pool: ConnectionPool, table: string, key = 'id'): Promise<void> {
  if (pool.dialect !== 'postgres') return
  const greatest = `(SELECT coalesce(max("${key}"), 0) + 1 FROM "${table}")`
  await pool.runQuery(`SELECT setval(pg_get_serial_sequence('"${table}"', '${key}'), ${greatest}, false)`)
}
