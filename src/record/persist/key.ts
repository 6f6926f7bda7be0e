import type { Value } from '../../contract/value.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import { leftOut } from '../attribute-errors.ts'
import type { Attribute } from '../attribute-list.ts'
import { storedOf } from '../attributes.ts'
import { DEFINITION, LEFT_OUT, STATUS, type Stateful } from '../contract.ts'
import { modelError, RecordStateError } from '../errors.ts'
import { operand } from '../query/operand.ts'
import type { NextPlace, Shape } from '../statement.ts'

/** What the database has for the key of a record's row, in the key's order. */
export function storedKey(record: Stateful): Value[] {
  const { name, attributes } = record[DEFINITION]
  if (attributes.key.length === 0)
    throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
  return attributes.key.map((attribute) => storedOrThrow(record, attribute))
}

/** How often a record's row was written when it was read; undefined where nobody counts, null where nobody did. */
export function storedVersion(record: Stateful): Value | undefined {
  const { lockVersion } = record[DEFINITION].attributes.kept
  return lockVersion && storedOrThrow(record, lockVersion)
}

/** Writes that a row is the one with the key whose values come next. */
export function writeKey(record: Stateful, place: NextPlace): RawBuilder<unknown> {
  const { attributes, database } = record[DEFINITION]
  const writing = { place, dialect: database.dialect }
  return sql.join(
    attributes.key.map((attribute) => sql`${sql.id(attribute.column)} = ${operand(attribute, writing)}`),
    sql` and `,
  )
}

/** Adds to a statement on a record's row that it must be as it was read. Its key and version are the last values. */
export function describeRow(record: Stateful, shape: Shape): void {
  shape.add(record[DEFINITION].attributes.mark)
  if (!addRow(record, shape.values)) shape.add('never written')
}

/** Adds the values that {@link writeRowOf} has places for. False if the row has no version, though it is to have one. */
export function addRow(record: Stateful, values: unknown[]): boolean {
  const version = storedVersion(record)
  for (const value of storedKey(record)) values.push(value)
  if (version === undefined) return true
  if (version !== null) values.push(version)
  return version !== null
}

/** Writes what {@link describeRow} describes. */
export function writeRowOf(record: Stateful, place: NextPlace): RawBuilder<unknown> {
  const { lockVersion } = record[DEFINITION].attributes.kept
  const key = writeKey(record, place)
  if (!lockVersion) return key
  const column = sql.id(lockVersion.column)
  return storedVersion(record) === null ? sql`${key} and ${column} is null` : sql`${key} and ${column} = ${place()}`
}

/** Throws unless the record is stored. */
export function mustBeStored(record: Stateful, verb: string): void {
  const status = record[STATUS]
  if (status === 'stored') return
  throw wrongState(record, verb, status === 'new' ? 'was not saved yet' : 'is deleted')
}

/** Throws if the record is deleted. */
export function mustNotBeDeleted(record: Stateful, verb: string): void {
  if (record[STATUS] === 'deleted') throw wrongState(record, verb, 'is deleted')
}

function wrongState(record: Stateful, verb: string, why: string): RecordStateError {
  return new RecordStateError(`cannot ${verb} this ${record[DEFINITION].name}: it ${why}`, {
    code: `RECORD_${record[STATUS].toUpperCase()}`,
    kind: 'usage',
  })
}

function storedOrThrow(record: Stateful, attribute: Attribute): Value {
  const stored = storedOf(record, attribute)
  if (stored === LEFT_OUT) throw leftOut(record, attribute)
  return stored as Value
}
