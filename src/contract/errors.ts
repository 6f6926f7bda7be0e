import type { ErrorKind } from './kind.ts'

/** What an error says beside its message. */
export interface ErrorDetails {
  /** The database's own code, such as `SQLITE_CONSTRAINT_UNIQUE`, or offloop's, such as `POOL_CLOSED`. */
  readonly code?: string | undefined
  readonly kind?: ErrorKind | undefined
  /** The same call, made again, may succeed without anything being mended. */
  readonly retryable?: boolean | undefined
  /** The table, columns and constraint concerned, where the database tells. */
  readonly table?: string | undefined
  readonly columns?: readonly string[] | undefined
  readonly constraint?: string | undefined
  /** The statement's text; its values are never part of an error. */
  readonly sql?: string | undefined
  /** Which set of an `executeMany` or which row of an `insertMany` failed, from 0. */
  readonly index?: number | undefined
  readonly cause?: unknown
}

// Two copies of the package in one process recognise each other's errors by this name.
const LINEAGE = Symbol.for('offloop.error.lineage')

function lineageOf(errorClass: { name: string } | null): string[] {
  const names: string[] = []
  for (let at = errorClass; at && at !== Function.prototype; at = Object.getPrototypeOf(at)) names.push(at.name)
  return names
}

/**
 * The root of PEP 249's error tree (there called `Error`). `instanceof` also holds for an error made by another copy
 * of offloop in the same process.
 */
export class SqlError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly retryable: boolean
  declare readonly table?: string
  declare readonly columns?: readonly string[]
  declare readonly constraint?: string
  declare readonly sql?: string
  declare readonly index?: number

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = details.code ?? 'SQL_ERROR'
    this.kind = details.kind ?? 'other'
    this.retryable = details.retryable ?? false
    for (const name of ['table', 'columns', 'constraint', 'sql', 'index'] as const) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] })
    }
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true
    const lineage = (value as { [LINEAGE]?: unknown } | null | undefined)?.[LINEAGE]
    return Array.isArray(lineage) && lineage.includes(this.name)
  }

  get [LINEAGE](): string[] {
    return lineageOf(this.constructor)
  }
}

Object.defineProperty(SqlError.prototype, 'name', {
  configurable: true,
  get(this: SqlError) {
    return this.constructor.name
  },
})

/** The interface was used wrongly: a closed pool, a dead handle, an unknown driver. Not the database's doing. */
export class InterfaceError extends SqlError {}
/** The database, or what was asked of it, went wrong. */
export class DatabaseError extends SqlError {}
/** A value is at fault: out of range, of the wrong type, too long. */
export class DataError extends DatabaseError {}
/** The database's operation failed, not always by the programmer's fault: lost, locked, full, out of memory, late. */
export class OperationalError extends DatabaseError {}
/** A constraint was violated. */
export class IntegrityError extends DatabaseError {}
/** The database found itself in a wrong state: a damaged file, a transaction out of step. */
export class InternalError extends DatabaseError {}
/** The program is at fault: a syntax error, a missing table, a wrong count of values. */
export class ProgrammingError extends DatabaseError {}
/** The database cannot do what was asked. */
export class NotSupportedError extends DatabaseError {}

/** A value that no database could store unchanged was given; nothing was sent. */
export class UnsupportedValueError extends ProgrammingError {}
/** The pool is closed, or was closed while the call waited; nothing ran. */
export class PoolClosedError extends InterfaceError {}
/** The deadline passed. Nothing the call did is kept. */
export class TimeoutError extends OperationalError {}
/** The caller's signal aborted the call; `cause` is the signal's reason. Nothing the call did is kept. */
export class AbortError extends OperationalError {}
/** The connection was lost while the call needed it. */
export class ConnectionLostError extends OperationalError {}
/** The driver, or the package it needs, is not there or cannot be used here. */
export class DriverError extends InterfaceError {}
/** A transaction handle, lease or cursor was used after its end; nothing was sent. */
export class TransactionEndedError extends InterfaceError {}
/** The transaction was rolled back, although the callback wanted it committed. `cause` tells why. */
export class TransactionRolledBackError extends DatabaseError {}
/** The connection was lost after COMMIT was sent and before it was answered: both outcomes are possible. Never retried. */
export class CommitUnknownError extends OperationalError {}

/** Every class of the tree by its name: how a failure that crossed a thread finds its class again. */
export const errorClasses = {
  SqlError,
  InterfaceError,
  DatabaseError,
  DataError,
  OperationalError,
  IntegrityError,
  InternalError,
  ProgrammingError,
  NotSupportedError,
  UnsupportedValueError,
  PoolClosedError,
  TimeoutError,
  AbortError,
  ConnectionLostError,
  DriverError,
  TransactionEndedError,
  TransactionRolledBackError,
  CommitUnknownError,
} as const

/** The name of a class of the error tree. */
export type ErrorClassName = keyof typeof errorClasses
