import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Slot } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Statement } from '../statement.ts'
import type { NewRow } from './new-row.ts'
import { readBack } from './read-back.ts'

/** Inserts a row; gives what the database filled in, of one row, or of none. MySQL tells only what it counted up: the rest is read. */
export async function insertedByMysql(
  definition: Definition,
  { given, values, missing }: NewRow,
  statement: Statement,
): Promise<Slot[][]> {
  const { key } = definition.attributes
  const counted = missing.find((attribute) => key.includes(attribute))
  if (counted && !isCounted(counted)) throw unknownKey(definition, counted)
  const { rowCount, lastRowId } = await definition.database.change(statement, values)
  if (rowCount === 0) return []
  const known = new Map<Attribute, Value>(given.map((attribute, at) => [attribute, values[at] as Value]))
  if (counted) known.set(counted, lastRowId)
  const others = missing.filter((attribute) => attribute !== counted)
  const filled = await readOthers(definition, known, others)
  return [
    missing.map((attribute) => (attribute === counted ? lastRowId : (filled?.[others.indexOf(attribute)] ?? null))),
  ]
}

// A row without a key cannot be found again.
async function readOthers(
  definition: Definition,
  known: ReadonlyMap<Attribute, Value>,
  others: readonly Attribute[],
): Promise<Slot[] | undefined> {
  const { key } = definition.attributes
  if (others.length === 0 || key.length === 0) return undefined
  return await readBack(
    definition,
    key.map((attribute) => known.get(attribute) as Value),
    others,
  )
}

function isCounted({ type: { storage } }: Attribute): boolean {
  return storage === 'integer' || storage === 'bigint'
}

function unknownKey({ name }: Definition, attribute: Attribute): Error {
  const message = `${name}.${attribute.name} is made by the database, and MySQL does not tell what it made: give it, or use a default`
  return modelError('INVALID_MODEL', message)
}
