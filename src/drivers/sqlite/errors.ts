import { causeRecord, type ErrorDetails, type ErrorRecord, recordOf, SqlError } from '../../contract/index.ts'
import { classify } from './classes.ts'
import { codeName } from './codes.ts'
import { OpenError, SetError } from './wrapped.ts'

/** Names whatever a driver threw: SQLite's errors by their code, those of the layer above it by what they say. */
export function failure(thrown: unknown): ErrorRecord {
  if (thrown instanceof SetError) return { ...failure(thrown.cause), index: thrown.index }
  if (thrown instanceof OpenError) return openFailure(thrown)
  if (thrown instanceof SqlError) return recordOf(thrown)
  if (!(thrown instanceof Error)) return bindingFailure(thrown, String(causeRecord(thrown).message))
  const code = sqliteCode(thrown)
  return code === null ? bindingFailure(thrown, thrown.message) : sqliteFailure(thrown, code)
}

const NOT_IN_TRANSACTION = [
  'cannot VACUUM from within a transaction',
  'cannot change into wal mode from within a transaction',
  'cannot change out of wal mode from within a transaction',
  'Safety level may not be changed inside a transaction',
  'temporary storage cannot be changed from within a transaction',
]

/** Tells whether a statement failed only because it ran inside a transaction. */
export function refusesTransaction(thrown: unknown): boolean {
  if (thrown instanceof SetError) return refusesTransaction(thrown.cause)
  return thrown instanceof Error && NOT_IN_TRANSACTION.includes(thrown.message)
}

/** The name of SQLite's result code, whichever driver threw it; null when the error is none of SQLite's. */
export function sqliteCode(error: Error): string | null {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return codeName(errcode)
  if (typeof code !== 'string') return null
  if (code.startsWith('SQLITE_')) return code
  return code.startsWith(UNNAMED) ? codeName(Number(code.slice(UNNAMED.length))) : null
}

const UNNAMED = 'UNKNOWN_SQLITE_ERROR_'

function sqliteFailure(error: Error, code: string): ErrorRecord {
  const hint = HINTS[code]
  return {
    ...classify(code, error.message),
    ...constraintDetails(error.message),
    message: hint ? `${error.message}: ${hint}` : error.message,
    code,
    cause: causeRecord(error),
  }
}

const HINTS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'another connection held the lock for longer than busyTimeout',
  SQLITE_BUSY_SNAPSHOT:
    'another connection wrote after this transaction had begun to read; run the transaction again, as a write transaction from its start',
  SQLITE_NOTADB: 'it is another kind of file, or it is encrypted',
  SQLITE_CORRUPT: 'the file is damaged; PRAGMA integrity_check tells more',
}

function openFailure(error: OpenError): ErrorRecord {
  const record = failure(error.cause)
  if (record.type === 'DriverError') return record
  return { ...record, message: `Cannot open the database ${JSON.stringify(error.filename)}: ${record.message}` }
}

const CONSTRAINT = /^(?:UNIQUE|NOT NULL) constraint failed: (.+)$/s
const NAMED_CONSTRAINT = /^(?:CHECK constraint failed: (.+)|UNIQUE constraint failed: index '(.+)')$/s
const DATATYPE = /^cannot store \w+ value in \w+ column (.+)$/s

function constraintDetails(message: string): Pick<ErrorDetails, 'table' | 'columns' | 'constraint'> {
  const named = NAMED_CONSTRAINT.exec(message)
  if (named) return { constraint: named[1] ?? named[2] }
  const places = CONSTRAINT.exec(message)?.[1] ?? DATATYPE.exec(message)?.[1]
  return places === undefined ? {} : placesOf(places)
}

/** Reads `t.a, t.b`. Names that hold dots or commas cannot be told apart there, and are then not told at all. */
function placesOf(places: string): Pick<ErrorDetails, 'table' | 'columns'> {
  const parts = places.split(', ').map((place) => place.split('.'))
  const table = parts[0]?.[0]
  if (parts.some((part) => part.length !== 2 || part[0] !== table)) return {}
  return { table, columns: parts.map((part) => String(part[1])) }
}

type BindingClass = Pick<ErrorRecord, 'type' | 'kind' | 'code'>

// The drivers' own checks speak in messages only. What the connection checks before them is not found here.
const BINDING: readonly (readonly [RegExp, BindingClass])[] = [
  [/more than one statement/, { type: 'ProgrammingError', kind: 'syntax', code: 'MULTIPLE_STATEMENTS' }],
  [/contains no statements/, { type: 'ProgrammingError', kind: 'syntax', code: 'EMPTY_STATEMENT' }],
  [
    /(?:database connection|database) is not open/,
    { type: 'InterfaceError', kind: 'closed', code: 'CONNECTION_CLOSED' },
  ],
  [
    /parameter values were provided|named parameter/i,
    { type: 'ProgrammingError', kind: 'parameters', code: 'WRONG_PARAMETERS' },
  ],
  [
    /cannot be bound|can only bind|too (?:big|large)/,
    { type: 'UnsupportedValueError', kind: 'value', code: 'UNSUPPORTED_VALUE' },
  ],
  [/^Out of memory|allocation failed/i, { type: 'OperationalError', kind: 'memory', code: 'OUT_OF_MEMORY' }],
]

const UNKNOWN: BindingClass = { type: 'OperationalError', kind: 'driver', code: 'DRIVER_ERROR' }

function bindingFailure(thrown: unknown, message: string): ErrorRecord {
  const known = BINDING.find(([pattern]) => pattern.test(message))?.[1] ?? UNKNOWN
  return { ...known, message, retryable: false, cause: causeRecord(thrown) }
}
