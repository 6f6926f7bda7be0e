import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { changedAttributes, rawValue, storedOf } from '../attributes.ts'
import { DEFINITION, SLOTS, type Slot, type Stateful } from '../contract.ts'
import { StaleRecordError } from '../errors.ts'
import { Shape } from '../statement.ts'
import { historyOf, NOTHING, setHistory } from './history.ts'
import { describeRow, storedVersion, writeRowOf } from './key.ts'
import { type Settlement, settle } from './settle.ts'
import { become } from './undo.ts'
import { updateTime } from './upkeep.ts'

/** Writes what changed of a stored record: nothing if nothing did. */
export async function updateRecord(record: Stateful): Promise<void> {
  const sent = record[SLOTS].slice()
  const raws = new Map(changedAttributes(record).map((attribute) => [attribute, rawValue(record, attribute)]))
  const changes = [...raws.keys()]
  if (changes.length === 0) {
    setHistory(record, { created: historyOf(record)?.created ?? false, written: NOTHING, before: null })
    return
  }
  keepUp(record, raws)
  await updateRow(record, raws)
  writtenAs(record, raws, { sent, whole: true, own: changes })
}

/** Writes these attributes of a stored record and no others. */
export async function updateOnly(record: Stateful, raws: Map<Attribute, Value>): Promise<void> {
  const sent = record[SLOTS].slice()
  keepUp(record, raws)
  await updateRow(record, raws)
  writtenAs(record, raws, { sent, whole: false, own: [] })
}

/** A statement has written these; the record follows, until the transaction around is rolled back. */
export function writtenAs(record: Stateful, raws: ReadonlyMap<Attribute, Slot>, how: Omit<Settlement, 'raws'>): void {
  become(record, () => {
    const before = new Map([...raws.keys()].map((attribute) => [attribute, storedOf(record, attribute)]))
    settle(record, { raws, ...how })
    setHistory(record, { created: historyOf(record)?.created ?? false, written: raws, before })
  })
}

// Asked for an older version than the one that it read, a record would overwrite what came since.
function keepUp(record: Stateful, raws: Map<Attribute, Value>): void {
  const { lockVersion } = record[DEFINITION].attributes.kept
  const time = updateTime(record[DEFINITION])
  if (time && !raws.has(time[0])) raws.set(...time)
  if (!lockVersion) return
  // Given by hand it says which version was read: a form that was filled in from an older one comes too late.
  if (raws.has(lockVersion)) throw gone(record[DEFINITION].name)
  raws.set(lockVersion, Number(storedVersion(record)) + 1)
}

async function updateRow(record: Stateful, raws: ReadonlyMap<Attribute, Value>): Promise<void> {
  const { database, table, name } = record[DEFINITION]
  const written = [...raws.keys()]
  const shape = new Shape(`update ${table}\u0000`, database.dialect)
  for (const attribute of written) shape.addColumn(attribute)
  shape.values.push(...raws.values())
  describeRow(record, shape)
  const statement = database.statement(shape, (place) => {
    const set = sql.join(written.map((attribute) => sql`${sql.id(attribute.column)} = ${place(attribute)}`))
    return sql`update ${sql.id(table)} set ${set} where ${writeRowOf(record, place)}`
  })
  const { rowCount } = await database.change(statement, shape.values)
  if (rowCount === 0) throw gone(name)
}

/** No row has the record's key any more, or it was written since. */
export function gone(name: string): StaleRecordError {
  return new StaleRecordError(
    `the row of this ${name} is not there as it was read: somebody else deleted it, wrote it, or changed its key`,
    { code: 'STALE_RECORD', kind: 'stale' },
  )
}
