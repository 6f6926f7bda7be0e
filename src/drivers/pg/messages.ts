import { UnsupportedValueError, type Value } from '../../contract/index.ts'
import type { Outbox } from './outbox.ts'
import type { Statement, Statements } from './statements.ts'

/** Types of messages that are sent. */
const QUERY = 0x51
const PARSE = 0x50
const BIND = 0x42
const DESCRIBE = 0x44
const EXECUTE = 0x45
const CLOSE = 0x43
const SYNC = 0x53
const FLUSH = 0x48
const COPY_FAIL = 0x66
const TERMINATE = 0x58

const STATEMENT = 0x53
const PORTAL = 0x50

/** Types of messages that come. */
export const answer = {
  parsed: 0x31,
  bound: 0x32,
  closed: 0x33,
  notification: 0x41,
  complete: 0x43,
  row: 0x44,
  error: 0x45,
  copyIn: 0x47,
  copyOut: 0x48,
  empty: 0x49,
  backendKey: 0x4b,
  notice: 0x4e,
  authentication: 0x52,
  parameter: 0x53,
  result: 0x54,
  copyBoth: 0x57,
  ready: 0x5a,
  copyDone: 0x63,
  copyData: 0x64,
  noResult: 0x6e,
  suspended: 0x73,
  parameters: 0x74,
} as const

/** Asks the server to prepare the statement, if it has not done so, and to tell of its result. */
export function writePrepare(out: Outbox, statements: Statements, statement: Statement): void {
  for (const name of statements.leaving) writeClose(out, STATEMENT, name)
  statements.leaving = []
  if (statement.prepared && statement.name !== '') return
  writeParse(out, statement.name, statement.sql)
  const describe = out.begin(DESCRIBE)
  out.byte(STATEMENT)
  out.cstring(statement.name)
  out.end(describe)
}

/** Asks the server to prepare a text. */
export function writeParse(out: Outbox, name: string, sql: string): void {
  const parse = out.begin(PARSE)
  out.cstring(name)
  out.cstring(sql)
  out.int16(0)
  out.end(parse)
}

/** Prepares a text and runs it, once. */
export function writeOnce(out: Outbox, sql: string, values: readonly Value[]): void {
  writeParse(out, '', sql)
  writeBind(out, '', '', values, null)
  writeExecute(out, '', 0)
}

/** Gives values to a prepared statement; rows will come in the formats that are asked for, or as text. */
export function writeBind(
  out: Outbox,
  portal: string,
  statement: string,
  values: readonly Value[],
  formats: Buffer | null,
): void {
  const bind = out.begin(BIND)
  out.cstring(portal)
  out.cstring(statement)
  writeFormats(out, values)
  out.int16(values.length)
  for (let i = 0; i < values.length; i++) writeValue(out, values[i] as Value)
  if (formats) out.raw(formats)
  else out.int16(0)
  out.end(bind)
}

// All but bytes are sent as text: the server knows what each placeholder is to be.
function writeFormats(out: Outbox, values: readonly Value[]): void {
  if (!values.some(isBytes)) return out.int16(0)
  out.int16(values.length)
  for (const value of values) out.int16(isBytes(value) ? 1 : 0)
}

function isBytes(value: Value): boolean {
  return typeof value === 'object' && value !== null
}

function writeValue(out: Outbox, value: Value): void {
  if (value === null) return out.int32(-1)
  if (typeof value === 'string') return out.text(value)
  if (typeof value === 'number') return out.text(Object.is(value, -0) ? '-0' : String(value))
  if (typeof value === 'bigint') return out.text(String(value))
  if (!(value instanceof Uint8Array)) throw unsupported(value)
  out.int32(value.length)
  out.raw(value)
}

function unsupported(value: unknown): UnsupportedValueError {
  return new UnsupportedValueError(`a value of the type ${typeof value} cannot be sent to PostgreSQL`, {
    code: 'UNSUPPORTED_VALUE',
    kind: 'value',
  })
}

/** Runs a portal; with a `limit` for so many rows, until it is run again. */
export function writeExecute(out: Outbox, portal: string, limit: number): void {
  const execute = out.begin(EXECUTE)
  out.cstring(portal)
  out.int32(limit)
  out.end(execute)
}

export function writeClosePortal(out: Outbox, portal: string): void {
  writeClose(out, PORTAL, portal)
}

function writeClose(out: Outbox, what: number, name: string): void {
  const close = out.begin(CLOSE)
  out.byte(what)
  out.cstring(name)
  out.end(close)
}

/** Ends what belongs together: outside a transaction it is committed now, and after an error goes on from here. */
export function writeSync(out: Outbox): void {
  out.end(out.begin(SYNC))
}

/** Asks for the answers so far, without an end. */
export function writeFlush(out: Outbox): void {
  out.end(out.begin(FLUSH))
}

/** Runs a text as it is, without values. */
export function writeQuery(out: Outbox, sql: string): void {
  const query = out.begin(QUERY)
  out.cstring(sql)
  out.end(query)
}

export function writeCopyFail(out: Outbox, reason: string): void {
  const fail = out.begin(COPY_FAIL)
  out.cstring(reason)
  out.end(fail)
}

export function writeTerminate(out: Outbox): void {
  out.end(out.begin(TERMINATE))
}
