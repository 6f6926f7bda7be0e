import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { rawValue } from '../attributes.ts'
import { DEFINITION, type Definition, SLOTS, type Slot, STATUS, type Stateful } from '../contract.ts'
import { StaleRecordError } from '../errors.ts'
import type { Statement } from '../statement.ts'
import { setHistory } from './history.ts'
import { insertion } from './insertion.ts'
import { insertedByMysql } from './mysql-insert.ts'
import { type NewRow, newRow } from './new-row.ts'
import { settle } from './settle.ts'
import { become } from './undo.ts'

/** Writes a new record. What the database fills in, its key and defaults, is read back in the same statement. */
export async function insertRecord(record: Stateful): Promise<void> {
  const definition = record[DEFINITION]
  const sent = record[SLOTS].slice()
  const row = newRow(definition, (attribute) =>
    sent[attribute.index] === undefined ? undefined : rawValue(record, attribute),
  )
  const raws = await insertRow(definition, row)
  become(record, () => {
    settle(record, { raws, sent, whole: true, own: null })
    record[STATUS] = 'stored'
    setHistory(record, { created: true, written: raws, before: null })
  })
}

const NO_CONFLICT = sql``

/** Inserts a row; gives what the database has for each attribute. */
async function insertRow(definition: Definition, row: NewRow): Promise<Map<Attribute, Slot>> {
  const { database, name } = definition
  const { given, values, missing } = row
  const statement = insertion(definition, row, { key: '', onConflict: NO_CONFLICT, back: missing })
  const raws = new Map<Attribute, Slot>(given.map((attribute, at) => [attribute, values[at]]))
  if (missing.length === 0) {
    const { rowCount } = await database.change(statement, values)
    if (rowCount === 0) throw ignored(name)
    return raws
  }
  const filled = await inserted(definition, row, statement)
  if (!filled) throw ignored(name)
  for (const [at, attribute] of missing.entries()) raws.set(attribute, filled[at] ?? null)
  return raws
}

async function inserted(definition: Definition, row: NewRow, statement: Statement): Promise<Slot[] | undefined> {
  const { database } = definition
  if (database.dialect === 'mysql') return await insertedByMysql(definition, row, statement)
  return (await database.query(statement, row.values))[0]
}

function ignored(name: string): StaleRecordError {
  return new StaleRecordError(`the database took no row for this ${name}: a trigger ignored it`, {
    code: 'ROW_IGNORED',
    kind: 'stale',
  })
}
