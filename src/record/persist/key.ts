import type { Value } from '../../contract/value.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import { storedOf } from '../attributes.ts'
import { DEFINITION, STATUS, type Stateful } from '../contract.ts'
import { modelError, RecordStateError } from '../errors.ts'
import type { NextPlace } from '../statement.ts'

/** What the database has for the key of a record's row, in the key's order. */
export function storedKey(record: Stateful): Value[] {
  const { name, attributes } = record[DEFINITION]
  if (attributes.key.length === 0)
    throw modelError('INVALID_MODEL', `${name} has no key: no column is declared a primaryKey()`)
  return attributes.key.map((attribute) => storedOf(record, attribute) as Value)
}

/** Writes that a row is the one with the key whose values come next. */
export function writeKey(record: Stateful, place: NextPlace): RawBuilder<unknown> {
  const { key } = record[DEFINITION].attributes
  return sql.join(
    key.map(({ column }) => sql`${sql.id(column)} = ${place()}`),
    sql` and `,
  )
}

/** Throws unless the record is stored. */
export function mustBeStored(record: Stateful, verb: string): void {
  const status = record[STATUS]
  if (status === 'stored') return
  const { name } = record[DEFINITION]
  const why = status === 'new' ? 'was not saved yet' : 'is deleted'
  throw new RecordStateError(`cannot ${verb} this ${name}: it ${why}`, {
    code: `RECORD_${status.toUpperCase()}`,
    kind: 'usage',
  })
}
