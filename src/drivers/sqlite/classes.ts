import type { ErrorClassName, ErrorKind } from '../../contract/index.ts'
import { primaryOf } from './codes.ts'

/** What kind of error a result code is. */
export interface ErrorClass {
  readonly type: ErrorClassName
  readonly kind: ErrorKind
  readonly retryable: boolean
}

function as(type: ErrorClassName, kind: ErrorKind, retryable: boolean = false): ErrorClass {
  return { type, kind, retryable }
}

const OTHER = as('OperationalError', 'other')

/** By the code's full name first, then by its primary part. */
const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  SQLITE_CONSTRAINT_UNIQUE: as('IntegrityError', 'unique'),
  SQLITE_CONSTRAINT_PRIMARYKEY: as('IntegrityError', 'unique'),
  SQLITE_CONSTRAINT_ROWID: as('IntegrityError', 'unique'),
  SQLITE_CONSTRAINT_FOREIGNKEY: as('IntegrityError', 'foreignKey'),
  SQLITE_CONSTRAINT_NOTNULL: as('IntegrityError', 'notNull'),
  SQLITE_CONSTRAINT_CHECK: as('IntegrityError', 'check'),
  SQLITE_LOCKED_SHAREDCACHE: as('OperationalError', 'busy', true),
  SQLITE_ABORT_ROLLBACK: as('OperationalError', 'rolledBack'),
  SQLITE_IOERR_NOMEM: as('OperationalError', 'memory'),
  CONSTRAINT: as('IntegrityError', 'constraint'),
  INTERNAL: as('InternalError', 'internal'),
  PERM: as('OperationalError', 'permission'),
  ABORT: as('OperationalError', 'aborted'),
  BUSY: as('OperationalError', 'busy', true),
  LOCKED: as('OperationalError', 'busy'),
  NOMEM: as('OperationalError', 'memory'),
  READONLY: as('OperationalError', 'readOnly'),
  INTERRUPT: as('OperationalError', 'aborted'),
  IOERR: as('OperationalError', 'io'),
  CORRUPT: as('InternalError', 'corrupt'),
  NOTFOUND: as('InternalError', 'internal'),
  FULL: as('OperationalError', 'full'),
  CANTOPEN: as('OperationalError', 'cannotOpen'),
  PROTOCOL: as('OperationalError', 'busy', true),
  SCHEMA: as('OperationalError', 'other', true),
  TOOBIG: as('DataError', 'tooBig'),
  MISMATCH: as('DataError', 'value'),
  MISUSE: as('ProgrammingError', 'usage'),
  NOLFS: as('NotSupportedError', 'unsupported'),
  AUTH: as('ProgrammingError', 'permission'),
  FORMAT: as('InternalError', 'internal'),
  RANGE: as('ProgrammingError', 'parameters'),
  NOTADB: as('OperationalError', 'notADatabase'),
}

// SQLITE_ERROR stands for most of what can be wrong with a statement; only its message tells more.
const BY_MESSAGE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/: syntax error$|^incomplete input$|^unrecognized token: /, as('ProgrammingError', 'syntax')],
  [/^no such |has no column named |^unknown (?:database|column|function)/, as('ProgrammingError', 'missing')],
  [/^too many SQL variables$|^variable number must be /, as('ProgrammingError', 'parameters')],
  [/^integer overflow$|^malformed JSON|^bad JSON path|^JSON cannot hold /, as('DataError', 'value')],
  [/^too many |is too large|stack overflow$|^at most \d+ tables/, as('ProgrammingError', 'tooBig')],
]

const STATEMENT = as('ProgrammingError', 'other')

/** Says what a code, and where the code says nothing the message, means. */
export function classify(code: string, message: string): ErrorClass {
  const primary = primaryOf(code)
  if (primary !== 'ERROR') return BY_CODE[code] ?? BY_CODE[primary] ?? OTHER
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? STATEMENT
}
