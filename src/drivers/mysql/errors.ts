import { causeRecord, type ErrorDetails, type ErrorRecord, Failure, recordOf, SqlError } from '../../contract/index.ts'
import { classify } from './classes.ts'
import type { ServerError } from './wire/answers.ts'

/** What the server refused, as a record. Its own words, which may hold values, are the cause's alone. */
export function serverRecord({ errno, sqlState, message }: ServerError): ErrorRecord {
  const details = detailsOf(errno, message)
  const cause = { name: 'Error', message, properties: { errno, sqlState } }
  return {
    ...classify(errno, sqlState),
    ...details,
    message: wording(errno, message, details),
    code: codeOf(errno),
    cause,
  }
}

export function serverFailure(error: ServerError): Failure {
  return new Failure(serverRecord(error))
}

/** The code of a number of the server's: `ER_1062`. */
export function codeOf(errno: number): string {
  return `ER_${errno}`
}

type Details = Pick<ErrorDetails, 'table' | 'columns' | 'constraint'>

const KEY = / for key '([^']*)'$/
const FOREIGN_KEY = /\(`[^`]*`\.`([^`]*)`, CONSTRAINT `([^`]*)`(?: FOREIGN KEY \(([^)]*)\))?/
const CHECK = /^(?:CONSTRAINT `([^`]*)` failed for `[^`]*`\.`([^`]*)`|Check constraint '([^']*)' is violated)/
const COLUMN = /(?:[Cc]olumn|[Ff]ield) ['`](?:`?[^`']*`?\.)*`?([^`'.]*)`?['`]/

/** Tells apart what the server's words name. */
function detailsOf(errno: number, message: string): Details {
  switch (errno) {
    case 1062:
    case 1586:
      return keyDetails(KEY.exec(message)?.[1])
    case 1451:
    case 1452:
      return foreignKeyDetails(FOREIGN_KEY.exec(message))
    case 3819:
    case 4025:
      return checkDetails(CHECK.exec(message))
    case 1048:
    case 1364:
    case 1264:
    case 1265:
    case 1406:
      return columnDetails(COLUMN.exec(message)?.[1])
    default:
      return {}
  }
}

// MySQL 8 writes `table.key`, all others the key alone.
function keyDetails(key: string | undefined): Details {
  if (key === undefined) return {}
  const dot = key.indexOf('.')
  return dot < 0 ? { constraint: key } : { table: key.slice(0, dot), constraint: key.slice(dot + 1) }
}

function foreignKeyDetails(match: RegExpExecArray | null): Details {
  if (!match) return {}
  const columns = match[3]?.split(', ').map((name) => name.replaceAll('`', ''))
  return { table: match[1], constraint: match[2], ...(columns && { columns }) }
}

function checkDetails(match: RegExpExecArray | null): Details {
  if (!match) return {}
  return match[3] === undefined ? { table: match[2], constraint: match[1] } : { constraint: match[3] }
}

function columnDetails(column: string | undefined): Details {
  return column === undefined ? {} : { columns: [column] }
}

/** Numbers whose words hold names, or the statement's own text, and never a value. */
const NAMES_ONLY: ReadonlySet<number> = new Set([
  1007, 1044, 1046, 1048, 1049, 1050, 1051, 1052, 1054, 1055, 1060, 1061, 1064, 1066, 1072, 1091, 1109, 1142, 1143,
  1146, 1149, 1176, 1193, 1227, 1264, 1265, 1286, 1290, 1295, 1305, 1364, 1370, 1406, 1644, 1701, 3819, 4025,
])

function wording(errno: number, message: string, { table, columns, constraint }: Details): string {
  if (errno === 1062 || errno === 1586) {
    const where = table === undefined ? '' : ` of the table ${JSON.stringify(table)}`
    const key = constraint === undefined ? 'a unique key' : `the unique key ${JSON.stringify(constraint)}`
    return `a row with the same value is there already: ${key}${where} does not allow it`
  }
  if ((errno === 1451 || errno === 1452) && constraint !== undefined) {
    const of = columns ? ` of ${columns.join(', ')}` : ''
    const why = errno === 1451 ? 'other rows refer to this one' : 'it refers to a row that is not there'
    return `the foreign key ${JSON.stringify(constraint)}${of} in the table ${JSON.stringify(table)} does not allow it: ${why}`
  }
  const words = NAMES_ONLY.has(errno) ? message : masked(message)
  const hint = HINTS[errno]
  return hint === undefined ? words : `${words}: ${hint}`
}

const HINTS: Readonly<Record<number, string>> = {
  1180: 'nobody knows whether the transaction is committed',
  1205: 'another transaction held the lock for longer than innodb_lock_wait_timeout',
  1213: 'the transaction was rolled back so that others could go on; run it again',
  1020: 'another transaction changed the row after this one had begun to read; run the transaction again',
  1792: 'this connection only reads',
  1040: 'the server has no room for another connection (max_connections)',
  1203: 'this user may have no more connections (max_user_connections)',
}

// A value may hold quotes itself: all from the first to the last is left out.
function masked(message: string): string {
  return message.replace(/(['"])[\s\S]*\1/, '$1…$1')
}

/** The code of an error of the system's, such as ECONNREFUSED, in the words that all databases share. */
export function connectRecord(thrown: unknown, label: string): ErrorRecord {
  if (thrown instanceof SqlError) return recordOf(thrown)
  const { errno, sqlState, code, message } = thrown as {
    errno?: unknown
    sqlState?: unknown
    code?: unknown
    message?: unknown
  }
  const cause = causeRecord(thrown)
  if (typeof errno === 'number' && errno > 0 && errno < CLIENT_NUMBERS) {
    const record = serverRecord({ errno, sqlState: String(sqlState), message: plainText(message) })
    return { ...record, message: `Cannot connect to ${label}: ${REFUSALS[errno] ?? record.message}`, cause }
  }
  const isKnown = typeof code === 'string'
  const words = typeof message === 'string' ? plainText(message) : String(thrown)
  const told = `Cannot connect to ${label}: ${words || String(code)}`
  if (TLS.test(String(code)) || TLS.test(words)) {
    const hint =
      'the option tls, or sslmode of a URL, tells which certificates are trusted, or that there is to be no TLS'
    return { type: 'OperationalError', message: `${told}; ${hint}`, code: String(code), kind: 'cannotOpen', cause }
  }
  return {
    type: 'ConnectionLostError',
    message: told,
    code: isKnown ? code : 'CANNOT_CONNECT',
    kind: 'connectionLost',
    retryable: true,
    cause,
  }
}

const TLS = /CERT|SELF_SIGNED|\bSSL|\bTLS|UNABLE_TO/i

const REFUSALS: Readonly<Record<number, string>> = {
  1045: 'the server refuses this user, or the password is wrong',
  1698: 'the server refuses this user, or the password is wrong',
}

/** Numbers from here on are those of the package. */
const CLIENT_NUMBERS = 45000

// The package writes `(conn:1, no: 1049, SQLState: 42000) Unknown database`, and the statement on further lines.
function plainText(message: unknown): string {
  return String(message)
    .replace(/^\(conn:[^)]*\) /, '')
    .split('\n', 1)[0] as string
}
