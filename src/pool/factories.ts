import { describe, invalidOption } from './options.ts'
import type { PooledConnection } from './pooled-connection.ts'
import type { Transaction } from './transaction.ts'

/** What callbacks are given instead of offloop's own handles. */
export interface FactoryOptions<Txn, Conn> {
  /**
   * Makes what the callbacks of interactions are given, of the handle that they would be given; called once for each,
   * inside the transaction. What it throws is the interaction's error. Default: the handle itself.
   */
  readonly transactionFactory?: ((transaction: Transaction) => Txn) | undefined
  /** Makes what the callbacks of `runWithConnection` are given, in the same way. Default: the connection itself. */
  readonly connectionFactory?: ((connection: PooledConnection) => Conn) | undefined
}

/** The factories of a pool, checked. */
export interface Factories {
  readonly transaction: (transaction: Transaction) => unknown
  readonly connection: (connection: PooledConnection) => unknown
}

export const FACTORY_OPTIONS = ['transactionFactory', 'connectionFactory'] as const

export function checkFactories(own: FactoryOptions<unknown, unknown>): Factories {
  const { transactionFactory = itself, connectionFactory = itself } = own
  checkFactory('transactionFactory', transactionFactory)
  checkFactory('connectionFactory', connectionFactory)
  return { transaction: transactionFactory, connection: connectionFactory }
}

function checkFactory(name: string, factory: unknown): void {
  if (typeof factory === 'function') return
  throw invalidOption(TypeError, `${name} must be a function, not ${describe(factory)}`)
}

function itself<T>(handle: T): T {
  return handle
}
