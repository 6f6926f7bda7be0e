import { type ErrorClassName, type ErrorDetails, errorClasses, type SqlError } from './errors.ts'

/** An error as data: how it crosses a thread, and how a driver names what went wrong. */
export interface ErrorRecord extends Omit<ErrorDetails, 'cause'> {
  readonly type: ErrorClassName
  readonly message: string
  readonly cause?: CauseRecord | undefined
}

/** The code of a call's failure that was lost with its connection before it had begun: it can be made again. */
export const NOT_BEGUN = 'NOT_BEGUN'

/** Any thrown value as data: an error with its own properties, or the value itself where it is none. */
export interface CauseRecord {
  readonly name: string
  readonly message: string
  readonly stack?: string | undefined
  readonly properties?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: CauseRecord | undefined
  /** The members of an AggregateError. */
  readonly errors?: readonly CauseRecord[] | undefined
}

const DEEPEST_CAUSE = 16

/** Takes an error apart so that it can cross to another thread without loss. A cycle of causes ends where it closes. */
export function causeRecord(thrown: unknown, depth: number = 0, seen: Set<unknown> = new Set()): CauseRecord {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: describe(thrown) }
  seen.add(thrown)
  const nested = (value: unknown) => causeRecord(value, depth + 1, seen)
  const follow = (value: unknown) => value !== undefined && depth < DEEPEST_CAUSE && !seen.has(value)
  const members = thrown instanceof AggregateError ? thrown.errors.filter(follow) : []
  return {
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    properties: plainProperties(thrown),
    cause: follow(thrown.cause) ? nested(thrown.cause) : undefined,
    errors: members.length > 0 ? members.map(nested) : undefined,
  }
}

/** Puts an error together again from what {@link causeRecord} took apart. */
export function errorFromCause(record: CauseRecord): Error {
  const options = record.cause ? { cause: errorFromCause(record.cause) } : undefined
  const error = record.errors
    ? new AggregateError(record.errors.map(errorFromCause), record.message, options)
    : new Error(record.message, options)
  const hidden = (value: unknown) => ({ value, configurable: true, writable: true })
  Object.defineProperty(error, 'name', hidden(record.name))
  if (record.stack !== undefined) Object.defineProperty(error, 'stack', hidden(record.stack))
  return Object.assign(error, record.properties)
}

/** What a call gives instead of a result when it failed. */
export class Failure {
  readonly record: ErrorRecord
  /** The very error to throw, when one exists in this thread already. */
  readonly #error: unknown

  constructor(record: ErrorRecord, error?: unknown) {
    this.record = record
    this.#error = error
  }

  /** Wraps an error of this thread; {@link toError} gives the same object. */
  static of(error: SqlError): Failure {
    return new Failure(recordOf(error), error)
  }

  /** The error to throw. Called in the frame that the caller awaits, so that its stack names the caller. */
  toError(sql?: string): unknown {
    if (this.#error) return this.#error
    const error = errorFromRecord(this.record, sql)
    // A stack is ten frames long, and whoever asked is to be among them.
    Error.captureStackTrace(error, this.toError)
    return error
  }
}

/** Makes the error that a record tells of. */
export function errorFromRecord(record: ErrorRecord, sql?: string): SqlError {
  const { type, message, cause, ...details } = record
  const complete = { ...details, sql: details.sql ?? sql, ...(cause && { cause: errorFromCause(cause) }) }
  return new errorClasses[type](message, complete)
}

/** Takes an error of the tree apart. */
export function recordOf(error: SqlError): ErrorRecord {
  const { code, kind, retryable, table, columns, constraint, sql, index, message, name } = error
  const type = name in errorClasses ? (name as ErrorClassName) : 'SqlError'
  const cause = error.cause === undefined ? undefined : causeRecord(error.cause)
  return { type, message, code, kind, retryable, table, columns, constraint, sql, index, cause }
}

function plainProperties(error: Error): Record<string, unknown> | undefined {
  const kept = Object.entries(error).filter(([name, value]) => name !== 'errors' && name !== 'cause' && isPlain(value))
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
}

function describe(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return Object.prototype.toString.call(thrown)
  }
}
