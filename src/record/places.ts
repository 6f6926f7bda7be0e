import type { BlockingTransaction } from '../contract/blocking-transaction.ts'
import { describe } from '../contract/checks.ts'
import { AMBIENT, SCOPE } from '../pool/ambient.ts'
import type { ConnectionPool } from '../pool/pool.ts'
import type { Transaction } from '../pool/transaction.ts'
import { Database } from './database.ts'
import { modelError } from './errors.ts'
import { PoolWay } from './ways/pool-way.ts'
import { ThreadWay } from './ways/thread-way.ts'
import { TransactionWay } from './ways/transaction-way.ts'

/** Where models can be used: a database, a pool, or a transaction that has begun. */
export type Place = Database | ConnectionPool | Transaction | BlockingTransaction

const known = new WeakMap<object, Database>()

/** The database of a place: the same each time. */
export function databaseAt(place: Place): Database {
  if (place instanceof Database) return place
  const database = (typeof place === 'object' && place !== null && known.get(place)) || databaseOf(place)
  known.set(place, database)
  return database
}

/** From now on this is the database of its pool. */
export function remember(database: Database): void {
  known.set(database.pool, database)
}

/** The database of a pool that was not connected before. */
export function isPool(place: unknown): place is ConnectionPool {
  return typeof place === 'object' && place !== null && AMBIENT in place && !(SCOPE in place)
}

function databaseOf(place: unknown): Database {
  if (isPool(place)) return new Database(new PoolWay(place))
  if (isTransaction(place)) {
    const way = new TransactionWay(place)
    return databaseAt(way.pool).by(way)
  }
  if (isBlocking(place)) return new Database(new ThreadWay(place))
  throw noPlace(place)
}

function isBlocking(place: unknown): place is BlockingTransaction {
  const { cursor, savepoint } = (place ?? {}) as Partial<BlockingTransaction>
  return typeof cursor === 'function' && typeof savepoint === 'function'
}

function isTransaction(place: unknown): place is Transaction {
  return typeof place === 'object' && place !== null && SCOPE in place
}

/** Refuses what is neither pool nor transaction. */
export function noPlace(place: unknown): Error {
  const message = `models are used on a pool, a Database or a transaction of this copy of offloop, not on ${describe(place)}`
  return modelError('NO_DATABASE', message)
}
