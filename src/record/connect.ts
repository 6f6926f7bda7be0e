import { describe, NO_OPTIONS } from '../contract/checks.ts'
import type { ConnectionPool } from '../pool/pool.ts'
import { type ConnectOptions, checkConnectOptions } from './connect-options.ts'
import { definitionOf, ownDatabase, setDatabase } from './define.ts'
import { modelError } from './errors.ts'
import { ModelsDatabase } from './models-database.ts'
import { isPool, noPlace, remember } from './places.ts'
import { PoolWay } from './ways/pool-way.ts'

/**
 * Gives models their database, each once: their subclasses have it too. Nothing is opened. Without models it makes none
 * the default, for there is no default: what it gives can be used by `Model.on(database)` and `database.run(...)`.
 *
 * @throws {ModelError} a model that is connected to another pool, unless told to `replace`; then none is connected
 *
 * @example
 * const database = connect(pool, [User, Picture])
 * await database.transaction(async () => { ... })
 */
export function connect(
  pool: ConnectionPool,
  models: readonly object[] = [],
  options: ConnectOptions = NO_OPTIONS,
): ModelsDatabase {
  if (!isPool(pool)) throw noPlace(pool)
  const checked = checkConnectOptions(options)
  const database = new ModelsDatabase(new PoolWay(pool), checked)
  if (!Array.isArray(models)) {
    throw modelError('INVALID_MODEL', `connect takes an array of models, not ${describe(models)}`)
  }
  for (const model of models) checkFree(model, pool, checked.replace)
  database.add(models)
  for (const model of models) setDatabase(model, database)
  remember(database)
  return database
}

function checkFree(model: object, pool: ConnectionPool, replace: boolean): void {
  const { name } = definitionOf(model)
  const before = ownDatabase(model)
  if (replace || !before || before.pool === pool) return
  const message =
    `${name} is connected to another pool already. A model has one database: use ${name}.on(pool) for another one, ` +
    'or connect with { replace: true }'
  throw modelError('CONNECTED', message)
}
