import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { changedAttributes, markStored, rawValue } from '../attributes.ts'
import { DEFINITION, type Slot, type Stateful } from '../contract.ts'
import { StaleRecordError } from '../errors.ts'
import { Shape } from '../statement.ts'
import { storedKey, writeKey } from './key.ts'

/** Writes what changed of a stored record: nothing if nothing did. */
export async function updateRecord(record: Stateful): Promise<void> {
  const changed = changedAttributes(record)
  if (changed.length === 0) return
  const { database, table, name } = record[DEFINITION]
  const values = changed.map((attribute) => rawValue(record, attribute))
  const shape = new Shape(`update ${table}\u0000`)
  for (const { column } of changed) shape.add(column)
  const statement = database.statement(shape, (place) => {
    const set = sql.join(changed.map(({ column }) => sql`${sql.id(column)} = ${place()}`))
    return sql`update ${sql.id(table)} set ${set} where ${writeKey(record, place)}`
  })
  const { rowCount } = await database.change(statement, [...values, ...storedKey(record)])
  if (rowCount === 0) throw gone(name)
  markStored(record, new Map<Attribute, Slot>(changed.map((attribute, at) => [attribute, values[at]])))
}

/** No row has the record's key any more. */
export function gone(name: string): StaleRecordError {
  return new StaleRecordError(`the row of this ${name} is gone: somebody else deleted it, or changed its key`, {
    code: 'STALE_RECORD',
    kind: 'stale',
  })
}
