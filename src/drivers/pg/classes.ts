import type { ErrorClassName, ErrorKind } from '../../contract/index.ts'

/** What kind of error an SQLSTATE is. */
export interface ErrorClass {
  readonly type: ErrorClassName
  readonly kind: ErrorKind
  readonly retryable: boolean
}

function as(type: ErrorClassName, kind: ErrorKind, retryable: boolean = false): ErrorClass {
  return { type, kind, retryable }
}

const OTHER = as('DatabaseError', 'other')
const AWAY = as('ConnectionLostError', 'connectionLost', true)

/** By the whole code first, then by its class: the first two characters. */
const BY_STATE: Readonly<Record<string, ErrorClass>> = {
  '08': AWAY,
  '08P01': as('InternalError', 'internal'),
  '0A': as('NotSupportedError', 'unsupported'),
  '21': as('ProgrammingError', 'value'),
  '22': as('DataError', 'value'),
  '23': as('IntegrityError', 'constraint'),
  '23502': as('IntegrityError', 'notNull'),
  '23503': as('IntegrityError', 'foreignKey'),
  '23505': as('IntegrityError', 'unique'),
  '23514': as('IntegrityError', 'check'),
  '23001': as('IntegrityError', 'foreignKey'),
  '24': as('ProgrammingError', 'usage'),
  '25': as('OperationalError', 'usage'),
  '25006': as('OperationalError', 'readOnly'),
  '25P01': as('TransactionRolledBackError', 'rolledBack'),
  '25P02': as('TransactionRolledBackError', 'rolledBack'),
  '25P03': AWAY,
  '25P04': AWAY,
  '26': as('ProgrammingError', 'missing'),
  '28': as('OperationalError', 'permission'),
  '2D': as('ProgrammingError', 'usage'),
  '34': as('ProgrammingError', 'missing'),
  '3B': as('ProgrammingError', 'missing'),
  '3D': as('OperationalError', 'missing'),
  '3F': as('ProgrammingError', 'missing'),
  '40': as('OperationalError', 'serialization', true),
  '40001': as('OperationalError', 'serialization', true),
  '40002': as('IntegrityError', 'constraint'),
  '40003': as('CommitUnknownError', 'commitUnknown'),
  '40P01': as('OperationalError', 'deadlock', true),
  '42': as('ProgrammingError', 'syntax'),
  '42501': as('ProgrammingError', 'permission'),
  '42703': as('ProgrammingError', 'missing'),
  '42704': as('ProgrammingError', 'missing'),
  '42883': as('ProgrammingError', 'missing'),
  '42P01': as('ProgrammingError', 'missing'),
  '42P02': as('ProgrammingError', 'parameters'),
  '42P18': as('ProgrammingError', 'parameters'),
  '44': as('IntegrityError', 'check'),
  '53': as('OperationalError', 'busy', true),
  '53100': as('OperationalError', 'full'),
  '53200': as('OperationalError', 'memory', true),
  '53300': as('OperationalError', 'tooManyConnections', true),
  '54': as('OperationalError', 'tooBig'),
  '55': as('OperationalError', 'other'),
  '55000': as('OperationalError', 'usage'),
  '55006': as('OperationalError', 'busy', true),
  '55P03': as('OperationalError', 'busy', true),
  '57': as('OperationalError', 'other'),
  '57014': as('OperationalError', 'aborted'),
  '57P01': AWAY,
  '57P02': AWAY,
  '57P03': AWAY,
  '57P05': AWAY,
  '58': as('OperationalError', 'io'),
  F0: as('InternalError', 'internal'),
  P0: as('DatabaseError', 'other'),
  P0001: as('DatabaseError', 'other'),
  XX: as('InternalError', 'internal'),
  XX001: as('InternalError', 'corrupt'),
  XX002: as('InternalError', 'corrupt'),
}

/** Says what an SQLSTATE means. */
export function classify(state: string): ErrorClass {
  return BY_STATE[state] ?? BY_STATE[state.slice(0, 2)] ?? OTHER
}
