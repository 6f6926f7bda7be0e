import { ProgrammingError } from '../../contract/errors.ts'
import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Slot } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Statement } from '../statement.ts'
import { insertion } from './insertion.ts'
import type { NewRow } from './new-row.ts'
import { readBack } from './read-back.ts'

/** Databases that are MySQL itself: MariaDB gives back what was inserted. */
const silent = new WeakSet<object>()

/** Inserts a row; gives what the database filled in, of one row, or of none. */
export async function insertedByMysql(definition: Definition, row: NewRow, statement: Statement): Promise<Slot[][]> {
  const { pool } = definition.database
  if (silent.has(pool)) return await insertedInSilence(definition, row, statement)
  try {
    return await givenBack(definition, row)
  } catch (error) {
    // What it does not understand it has not begun, and a transaction goes on.
    if (!(error instanceof ProgrammingError) || error.kind !== 'syntax') throw error
  }
  const rows = await insertedInSilence(definition, row, statement)
  silent.add(pool)
  return rows
}

async function givenBack(definition: Definition, row: NewRow): Promise<Slot[][]> {
  const asked = { key: 'returning ', onConflict: sql``, back: row.missing, fromMariaDb: true }
  return await definition.database.query(insertion(definition, row, asked), row.values)
}

// MySQL tells only what it counted up: the rest is read.
async function insertedInSilence(
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
