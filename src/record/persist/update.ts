import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { changedAttributes, rawValue, storedOf } from '../attributes.ts'
import { DEFINITION, SLOTS, type Slot, type Stateful } from '../contract.ts'
import { StaleRecordError } from '../errors.ts'
import { Shape, type Statement } from '../statement.ts'
import { NOTHING } from './history.ts'
import { addRow, describeRow, storedVersion, writeRowOf } from './key.ts'
import { KnownStatements } from './known-statements.ts'
import { rawsOf, type Settlement, settle } from './settle.ts'
import { become } from './undo.ts'
import { updateTime } from './upkeep.ts'
import { historyOf, type Raws, setHistory } from './written.ts'

/** Writes what changed of a stored record: nothing if nothing did. */
export async function updateRecord(record: Stateful): Promise<void> {
  const sent = record[SLOTS].slice()
  const changes = changedAttributes(record)
  if (changes.length === 0) {
    setHistory(record, { created: historyOf(record)?.created ?? false, written: NOTHING, before: null })
    return
  }
  const raws = rawsOf(record[DEFINITION].attributes.size, [])
  for (const attribute of changes) raws[attribute.index] = rawValue(record, attribute)
  keepUp(record, raws)
  await updateRow(record, raws)
  settleUpdated(record, raws, { sent, whole: true, own: changes })
}

/** Writes these attributes of a stored record and no others. */
export async function updateOnly(record: Stateful, given: ReadonlyMap<Attribute, Value>): Promise<void> {
  const sent = record[SLOTS].slice()
  const raws = rawsOf(record[DEFINITION].attributes.size, given)
  keepUp(record, raws)
  await updateRow(record, raws)
  settleUpdated(record, raws, { sent, whole: false, own: [] })
}

/** A statement has written these; the record follows, until the transaction around is rolled back. */
export function writtenAs(record: Stateful, raws: ReadonlyMap<Attribute, Slot>, how: Omit<Settlement, 'raws'>): void {
  settleUpdated(record, rawsOf(record[DEFINITION].attributes.size, raws), how)
}

function settleUpdated(record: Stateful, raws: Raws, { sent, whole, own }: Omit<Settlement, 'raws'>): void {
  become(record, () => {
    const before = rawsOf(raws.length, [])
    for (const attribute of record[DEFINITION].attributes) {
      if (raws[attribute.index] !== undefined) before[attribute.index] = storedOf(record, attribute)
    }
    settle(record, { raws, sent, whole, own })
    setHistory(record, { created: historyOf(record)?.created ?? false, written: raws, before })
  })
}

// Asked for an older version than the one that it read, a record would overwrite what came since.
function keepUp(record: Stateful, raws: Slot[]): void {
  const { lockVersion } = record[DEFINITION].attributes.kept
  const time = updateTime(record[DEFINITION])
  if (time && raws[time[0].index] === undefined) raws[time[0].index] = time[1]
  if (!lockVersion) return
  // Given by hand it says which version was read: a form that was filled in from an older one comes too late.
  if (raws[lockVersion.index] !== undefined) throw gone(record[DEFINITION].name)
  raws[lockVersion.index] = Number(storedVersion(record)) + 1
}

const statements = new KnownStatements()

async function updateRow(record: Stateful, raws: Raws): Promise<void> {
  const definition = record[DEFINITION]
  const written: Attribute[] = []
  const values: Slot[] = []
  let bits = 0
  for (const attribute of definition.attributes) {
    const raw = raws[attribute.index]
    if (raw === undefined) continue
    written.push(attribute)
    values.push(raw)
    bits |= 1 << attribute.index
  }
  const isUsual = addRow(record, values)
  const make = () => updateOf(record, written)
  const statement = isUsual ? statements.of(definition, bits, make) : make()
  const { rowCount } = await definition.database.change(statement, values)
  if (rowCount === 0) throw gone(definition.name)
}

function updateOf(record: Stateful, written: readonly Attribute[]): Statement {
  const { database, table } = record[DEFINITION]
  const shape = new Shape(`update ${table}\u0000`, database.dialect)
  for (const attribute of written) shape.addColumn(attribute)
  describeRow(record, shape)
  return database.statement(shape, (place) => {
    const set = sql.join(written.map((attribute) => sql`${sql.id(attribute.column)} = ${place(attribute)}`))
    return sql`update ${sql.id(table)} set ${set} where ${writeRowOf(record, place)}`
  })
}

/** No row has the record's key any more, or it was written since. */
export function gone(name: string): StaleRecordError {
  return new StaleRecordError(
    `the row of this ${name} is not there as it was read: somebody else deleted it, wrote it, or changed its key`,
    { code: 'STALE_RECORD', kind: 'stale' },
  )
}
