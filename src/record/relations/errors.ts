import { describe } from '../../contract/checks.ts'
import { letCross } from '../../contract/error-parts.ts'
import { IntegrityError } from '../../contract/errors.ts'
import { DEFINITION, type Definition, type Relation, STATUS, type Stateful } from '../contract.ts'
import {
  type ModelError,
  modelError,
  NotFoundError,
  NotUniqueError,
  RecordStateError,
  StaleRecordError,
} from '../errors.ts'

/** A record cannot be deleted as long as others belong to it: its relation says `dependent: 'restrict'`. */
export class RestrictedError extends IntegrityError {}

letCross(RestrictedError)

/** How messages name a relation: `User.pictures`. */
export function titleOf({ name, owner }: Pick<Relation, 'name' | 'owner'>): string {
  return `${owner.name}.${name}`
}

export function notLoaded(relation: Relation): ModelError {
  const { name } = relation
  const message = `${titleOf(relation)} is not loaded: query with include('${name}'), or await record.${name}.load()`
  return modelError('NOT_LOADED', message)
}

export function loadsStrictly(relation: Relation): ModelError {
  const { name } = relation
  const message = `${titleOf(relation)} is not loaded, and this record loads strictly: query with include('${name}'), or ask record.${name}.query()`
  return modelError('NOT_LOADED', message)
}

/** The record whose relation is used has no key yet, or no row any more. */
export function mustHaveRow(record: Stateful, relation: Relation): void {
  const status = record[STATUS]
  if (status === 'stored') return
  const title = titleOf(relation)
  const { name } = record[DEFINITION]
  if (status === 'deleted') throw stateError('RECORD_DELETED', `cannot use ${title} of this ${name}: it is deleted`)
  throw stateError(
    'REFERENCE_NOT_SAVED',
    `ReferenceNotSaved: cannot get/set relationship on unsaved object: save this ${name} before its ${title} is used`,
  )
}

/** A record that is to be related has no key yet, or no row any more. */
export function memberMustHaveRow(member: Stateful, relation: Relation): void {
  const status = member[STATUS]
  if (status === 'stored') return
  const { name } = member[DEFINITION]
  const title = titleOf(relation)
  if (status === 'deleted') throw stateError('RECORD_DELETED', `${title} cannot have this ${name}: it is deleted`)
  throw stateError(
    'REFERENCE_NOT_SAVED',
    `ReferenceNotSaved: you must save all other instances before defining a relationship: ${title} was given a ${name} without a row`,
  )
}

function stateError(code: 'REFERENCE_NOT_SAVED' | 'RECORD_DELETED', message: string): RecordStateError {
  return new RecordStateError(message, { code, kind: 'usage' })
}

/** What was given is no record of the class that the relation is to. */
export function wrongMember(relation: Relation, wanted: string, given: unknown): ModelError {
  const what = isStateful(given) ? `a record of ${given[DEFINITION].name}` : describe(given)
  return modelError('WRONG_RECORD', `${titleOf(relation)} takes records of ${wanted}, not ${what}`)
}

export function otherDatabase(relation: Relation, { name }: Definition): ModelError {
  return modelError('WRONG_RECORD', `${titleOf(relation)} was given a ${name} of another database`)
}

export function isStateful(given: unknown): given is Stateful {
  return typeof given === 'object' && given !== null && DEFINITION in given
}

export function noParent(relation: Relation): NotFoundError {
  return new NotFoundError(`${titleOf(relation)} has no row`, { code: 'NOT_FOUND', kind: 'notFound' })
}

/** The rows of some records that were to be related are gone. */
export function membersGone(relation: Relation, { name }: Definition): StaleRecordError {
  const message = `${titleOf(relation)} was given records whose rows are gone: somebody else deleted a ${name}`
  return new StaleRecordError(message, { code: 'STALE_RECORD', kind: 'stale' })
}

export function severalRows(relation: Relation): NotUniqueError {
  const message = `${titleOf(relation)} has several rows where one is expected: the option orderBy says which is first`
  return new NotUniqueError(message, { code: 'NOT_UNIQUE', kind: 'notUnique' })
}

export function restricted(relation: Relation, table: string): RestrictedError {
  const message = `this ${relation.owner.name} cannot be deleted: rows of ${table} belong to it (${titleOf(relation)} says dependent: 'restrict')`
  return new RestrictedError(message, { code: 'DEPENDENT_ROWS', kind: 'foreignKey', table })
}

/** A record that was to go with another one is still there: a callback of its own stopped it. */
export function kept(relation: Relation): RestrictedError {
  const { name, table } = relation.target
  const message = `${titleOf(relation)} has a ${name} that was not deleted: one of its callbacks stopped it`
  return new RestrictedError(message, { code: 'DEPENDENT_ROWS', kind: 'foreignKey', table })
}

/** The relation is a way to read: its rows are made and deleted through the records in between. */
export function readsOnly(relation: Relation, because: string): ModelError {
  return modelError('INVALID_MODEL', `${titleOf(relation)} can only be read: ${because}`)
}

/** What lies between a new record and its owner would be missing. */
export function notBuilt(relation: Relation): ModelError {
  const message = `${titleOf(relation)} leads through other records, which create() makes: build() cannot`
  return modelError('INVALID_MODEL', message)
}

export function wrongRelation(relation: Relation, message: string): ModelError {
  return modelError('INVALID_MODEL', `${titleOf(relation)}: ${message}`)
}
