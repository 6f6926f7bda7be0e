import { type CauseRecord, causeRecord, type ErrorDetails, type ErrorRecord } from '../../contract/index.ts'
import { classify } from './classes.ts'

/** The SQLSTATE of a statement that somebody wanted stopped. */
export const CANCELLED = '57014'

/** The fields of an error or a notice, by their letters in the protocol. */
export type Fields = Readonly<Record<string, string>>

/** The fields of such a message, which stand in `bytes` from `at` to `end`. */
export function readFields(bytes: Buffer, at: number, end: number): Fields {
  const fields: Record<string, string> = Object.create(null)
  for (let from = at; from < end && bytes[from] !== 0; ) {
    const letter = String.fromCharCode(bytes[from] as number)
    const stop = bytes.indexOf(0, from + 1)
    if (stop < 0 || stop >= end) break
    fields[letter] = bytes.toString('utf8', from + 1, stop)
    from = stop + 1
  }
  return fields
}

/** Names what the server refused. What it says of values is only in the cause. */
export function serverFailure(fields: Fields): ErrorRecord {
  const state = fields.C ?? 'XX000'
  const said = state === CANCELLED && /timeout/i.test(fields.M ?? '') ? SERVER_TIMEOUT : classify(state)
  return {
    ...said,
    ...whereOf(state, fields),
    message: withoutValues(state, fields.M ?? 'the server gave no message'),
    code: state,
    // The pool knows the failure that has undone the transaction; the server says only that there was one.
    ...(said.kind !== 'rolledBack' && { cause: causeOf(fields) }),
  }
}

function causeOf(fields: Fields): CauseRecord {
  return { name: 'PostgresError', message: fields.M ?? '', properties: propertiesOf(fields) }
}

// `statement_timeout` and its kin say so in words only.
const SERVER_TIMEOUT = { type: 'TimeoutError', kind: 'timeout', retryable: true } as const

/** True for what ends the session: the connection is of no use after it. */
export function isFatal(fields: Fields): boolean {
  const severity = fields.V ?? fields.S
  return severity === 'FATAL' || severity === 'PANIC'
}

// A constraint's message names no values, a conversion's does: `invalid input syntax for type integer: "secret"`.
function withoutValues(state: string, message: string): string {
  return state.startsWith('22') ? message.replace(/".*"/s, '"…"') : message
}

type Where = Pick<ErrorDetails, 'table' | 'columns' | 'constraint'>

function whereOf(state: string, { t: table, c: column, n: constraint, D: detail }: Fields): Where {
  const columns = column !== undefined ? [column] : state === '23505' || state === '23503' ? keyOf(detail) : undefined
  return {
    ...(table !== undefined && { table }),
    ...(columns && { columns }),
    ...(constraint !== undefined && { constraint }),
  }
}

// `Key (a, b)=(1, 2) already exists.`, in whatever language. What is an expression has no name.
function keyOf(detail: string | undefined): readonly string[] | undefined {
  const list = detail === undefined ? undefined : /\((.+?)\)=\(/s.exec(detail)?.[1]
  if (list === undefined || list.includes('(')) return undefined
  return list.split(', ').map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))
}

const PROPERTIES: Readonly<Record<string, string>> = {
  V: 'severity',
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  R: 'routine',
}

function propertiesOf(fields: Fields): Record<string, string> {
  const named = Object.entries(PROPERTIES).filter(([letter]) => fields[letter] !== undefined)
  return Object.fromEntries(named.map(([letter, name]) => [name, fields[letter] as string]))
}

/** What calls fail with whose connection is gone, for whatever reason. */
export function lostRecord(reason: string, cause?: unknown): ErrorRecord {
  return {
    type: 'ConnectionLostError',
    message: `the connection to the server was lost: ${reason}`,
    code: 'CONNECTION_LOST',
    kind: 'connectionLost',
    retryable: true,
    ...(cause !== undefined && { cause: causeRecord(cause) }),
  }
}

/** What a statement of a transaction fails with when there is none. */
export const noTransactionRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message: 'the statement belongs to a transaction, and there is none any more: nothing of it was done',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

/** What a COMMIT fails with that the server answered with a rollback, or that had nothing to commit. */
export const rolledBackRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message: 'there was nothing to commit: the transaction was rolled back before, since a statement in it had failed',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

export const inTransactionRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'a transaction was begun on this connection already',
  code: 'IN_TRANSACTION',
  kind: 'usage',
}

/** Why a connection is replaced that somebody has left in another state than its pool had brought it to. */
export const touchedRecord: ErrorRecord = {
  type: 'ConnectionLostError',
  message: 'the session was changed by whoever had it, and is replaced by another one',
  code: 'SESSION_TOUCHED',
  kind: 'connectionLost',
  retryable: true,
}

/** What is said when the bytes that came cannot be PostgreSQL's. */
export class ProtocolError extends Error {}
