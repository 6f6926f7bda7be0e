import type { ConnectionPool } from '../pool/pool.ts'
import { Database } from './database.ts'
import { definitionOf, setDatabase } from './define.ts'

/**
 * Gives models their database.
 *
 * @example
 * connect(pool, [User, Picture])
 */
export function connect(pool: ConnectionPool, models: readonly object[]): Database {
  const database = new Database(pool)
  for (const model of models) {
    definitionOf(model)
    setDatabase(model, database)
  }
  return database
}
