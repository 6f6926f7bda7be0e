import './base/node-version.ts'

export type { BlockingTransaction } from './contract/blocking-transaction.ts'
export type { ColumnBatch } from './contract/columns.ts'
export type { Cursor } from './contract/cursor.ts'
export type { Driver } from './contract/driver.ts'
export {
  AbortError,
  CommitUnknownError,
  ConnectionLostError,
  DatabaseError,
  DataError,
  DriverError,
  IntegrityError,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  PoolClosedError,
  ProgrammingError,
  SqlError,
  TimeoutError,
  TransactionEndedError,
  TransactionRolledBackError,
  UnsupportedValueError,
} from './contract/errors.ts'
export { inThread } from './contract/in-thread.ts'
export type { Column, Parameters, Row, RowMode, Tuple, Value } from './contract/value.ts'
export type {
  InsertOptions,
  InteractionOptions,
  OperationResult,
  StreamOptions,
} from './pool/calls.ts'
export type { CallOptions, QueryOptions } from './pool/options.ts'
export { ConnectionPool } from './pool/pool.ts'
export type { PoolOptions } from './pool/pool-options.ts'
export { PooledConnection } from './pool/pooled-connection.ts'
export type { PoolStats } from './pool/stats.ts'
export { Transaction } from './pool/transaction.ts'
