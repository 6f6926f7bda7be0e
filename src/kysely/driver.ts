import type { AbortableOperationOptions, DatabaseConnection, Driver, QueryCompiler, TransactionSettings } from 'kysely'
import type { AnyPool } from '../pool/pool.ts'
import { PoolConnection } from './connection.ts'
import { savepointText } from './savepoint.ts'

type Compile = QueryCompiler['compileQuery']

/** Kysely's way to a pool. What it takes for a connection is one only where that makes a difference. */
export class PoolDriver implements Driver {
  readonly #pool: AnyPool
  readonly #closesPool: boolean

  constructor(pool: AnyPool, closesPool: boolean) {
    this.#pool = pool
    this.#closesPool = closesPool
  }

  async init(): Promise<void> {
    // The pool opens connections when they are needed.
  }

  // Kysely gives options to whoever keeps a connection (`db.connection()`), and none to a lone query or a transaction. With
  // a signal in them it may be either.
  async acquireConnection(options?: AbortableOperationOptions): Promise<PoolConnection> {
    const connection = new PoolConnection(this.#pool, options?.signal ?? null)
    if (options && !options.signal) await connection.pin()
    return connection
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await own(connection).release()
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await own(connection).begin(settings)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).rollback()
  }

  async savepoint(connection: DatabaseConnection, name: string, compile: Compile): Promise<void> {
    await own(connection).executeQuery(savepointText('savepoint', name, compile))
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string, compile: Compile): Promise<void> {
    await own(connection).executeQuery(savepointText('rollback to', name, compile))
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string, compile: Compile): Promise<void> {
    await own(connection).executeQuery(savepointText('release savepoint', name, compile))
  }

  async destroy(): Promise<void> {
    if (this.#closesPool) await this.#pool.close()
  }
}

function own(connection: DatabaseConnection): PoolConnection {
  return connection as PoolConnection
}
