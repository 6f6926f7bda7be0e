import { sql } from '../../sql/index.ts'
import { rawValue } from '../attributes.ts'
import { DEFINITION, type Definition, SLOTS, STATUS, type Stateful } from '../contract.ts'
import { StaleRecordError } from '../errors.ts'
import { insertion } from './insertion.ts'
import { KnownStatements } from './known-statements.ts'
import { insertedByMysql } from './mysql-insert.ts'
import { type NewRow, newRow } from './new-row.ts'
import { rawsOf, settleInserted } from './settle.ts'
import { become } from './undo.ts'
import { type Raws, setHistory } from './written.ts'

/** Writes a new record. What the database fills in, its key and defaults, is read back in the same statement. */
export async function insertRecord(record: Stateful): Promise<void> {
  const definition = record[DEFINITION]
  const slots = record[SLOTS]
  const sent = slots.slice()
  const row = newRow(definition, (attribute) =>
    slots[attribute.index] === undefined ? undefined : rawValue(record, attribute),
  )
  const raws = await insertRow(definition, row)
  become(record, () => {
    settleInserted(record, raws, sent)
    record[STATUS] = 'stored'
    setHistory(record, { created: true, written: raws, before: null })
  })
}

const NO_CONFLICT = sql``
const statements = new KnownStatements()

/** Inserts a row; gives what the database has for each attribute. */
async function insertRow(definition: Definition, row: NewRow): Promise<Raws> {
  const { database, name, attributes } = definition
  const { given, values, missing, bits } = row
  const statement = statements.of(definition, bits, () =>
    insertion(definition, row, { key: '', onConflict: NO_CONFLICT, back: missing }),
  )
  const raws = rawsOf(attributes.size, [])
  for (let at = 0; at < given.length; at++) raws[given[at]?.index as number] = values[at]
  if (missing.length === 0) {
    const { rowCount } = await database.change(statement, values)
    if (rowCount === 0) throw ignored(name)
    return raws
  }
  const [filled] = await (database.dialect === 'mysql'
    ? insertedByMysql(definition, row, statement)
    : database.query(statement, values))
  if (!filled) throw ignored(name)
  for (let at = 0; at < missing.length; at++) raws[missing[at]?.index as number] = filled[at] ?? null
  return raws
}

function ignored(name: string): StaleRecordError {
  return new StaleRecordError(`the database took no row for this ${name}: a trigger ignored it`, {
    code: 'ROW_IGNORED',
    kind: 'stale',
  })
}
