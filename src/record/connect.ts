import type { ConnectionPool } from '../pool/pool.ts'
import { definitionOf, setDatabase } from './define.ts'
import { ModelsDatabase } from './models-database.ts'

/**
 * Gives models their database.
 *
 * @example
 * connect(pool, [User, Picture])
 */
export function connect(pool: ConnectionPool, models: readonly object[]): ModelsDatabase {
  const database = new ModelsDatabase(pool)
  for (const model of models) {
    definitionOf(model)
    setDatabase(model, database)
  }
  database.add(models)
  return database
}
