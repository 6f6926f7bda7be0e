import { letCross } from '../contract/error-parts.ts'
import { IntegrityError, InterfaceError, OperationalError, ProgrammingError } from '../contract/errors.ts'

/** A model, a relation or a query was declared or asked for wrongly; nothing was sent. */
export class ModelError extends InterfaceError {}
/** No row has this key. */
export class NotFoundError extends ProgrammingError {}
/** More than one row where one was expected. */
export class NotUniqueError extends IntegrityError {}
/** The row was changed or deleted by somebody else since the record was read. */
export class StaleRecordError extends OperationalError {}
/** The record cannot be used so: it is deleted, or was not saved yet. Nothing was sent. */
export class RecordStateError extends InterfaceError {}
/** An attribute was read that the query had not asked for. */
export class LeftOutError extends InterfaceError {}

// Functions of database threads may throw them.
letCross(ModelError, NotFoundError, NotUniqueError, StaleRecordError, RecordStateError, LeftOutError)

export type ModelErrorCode =
  | 'UNKNOWN_ATTRIBUTE'
  | 'UNKNOWN_RELATION'
  | 'INVALID_MODEL'
  | 'INVALID_QUERY'
  | 'INVALID_VALIDATION'
  | 'INVALID_CALLBACK'
  | 'NO_DATABASE'
  | 'CONNECTED'
  | 'NOT_ASSIGNABLE'
  | 'ASSIGNED_RELATION'
  | 'NOT_LOADED'
  | 'WRONG_RECORD'
  | 'IMMUTABLE_ATTRIBUTE'
  | 'MISSING_KEY'
  | 'NO_TABLE'
  | 'SCHEMA_NOT_READ'

export function modelError(code: ModelErrorCode, message: string): ModelError {
  return new ModelError(message, { code, kind: 'usage' })
}
