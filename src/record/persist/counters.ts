import { describe } from '../../contract/checks.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { DEFINITION, type Definition, SLOTS, type Slot, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Condition } from '../query/condition.ts'
import { describeConditions, whereOf } from '../query/rows.ts'
import type { Asked } from '../query/selection.ts'
import { type NextPlace, Shape } from '../statement.ts'
import { exclusively } from './exclusively.ts'
import { mustBeStored, storedKey, writeKey } from './key.ts'
import { readBack, returning } from './read-back.ts'
import { gone, writtenAs } from './update.ts'

/** How much is added to which attributes. */
export type Steps = ReadonlyMap<Attribute, number | bigint>

/** Adds to a number of a stored record in one statement, so that nothing that others add meanwhile is lost. */
export async function incrementRecord(record: Stateful, name: string, by: unknown): Promise<void> {
  await exclusively(record, async () => {
    mustBeStored(record, 'increment')
    const definition = record[DEFINITION]
    const attribute = numeric(definition, name)
    const sent = record[SLOTS].slice()
    const steps: Steps = new Map([[attribute, step(definition, name, by)]])
    const shape = new Shape(`increment ${definition.table}\u0000`, definition.database.dialect)
    describeSteps(steps, shape)
    shape.add(definition.attributes.mark)
    shape.values.push(...storedKey(record))
    const statement = definition.database.statement(shape, (place) => {
      const set = writeSteps(steps, place)
      const where = writeKey(record, place)
      return sql`update ${sql.id(definition.table)} set ${set} where ${where}${returning(definition, [attribute])}`
    })
    const row = await incremented(record, attribute, { statement, values: shape.values })
    if (!row) throw gone(definition.name)
    writtenAs(record, new Map([[attribute, row[0]]]), { sent, whole: false, own: [] })
  })
}

// MySQL gives nothing back: the row is read while nobody else can write it.
async function incremented(
  record: Stateful,
  attribute: Attribute,
  { statement, values }: Asked,
): Promise<Slot[] | undefined> {
  const { database } = record[DEFINITION]
  if (database.dialect !== 'mysql') return (await database.query(statement, values))[0]
  return await database.transaction(async () => {
    const { rowCount } = await database.change(statement, values)
    return rowCount === 0 ? undefined : await readBack(record[DEFINITION], storedKey(record), [attribute])
  })
}

/** Adds to numbers of all rows that fulfil these conditions; gives how many there were. For counter caches. */
export async function incrementRows(
  { table, database }: Definition,
  conditions: readonly Condition[],
  steps: Steps,
): Promise<number> {
  const shape = new Shape(`increment rows ${table}\u0000`, database.dialect)
  describeSteps(steps, shape)
  describeConditions('where', conditions, shape)
  const statement = database.statement(shape, (place) => {
    const set = writeSteps(steps, place)
    return sql`update ${sql.id(table)} set ${set}${whereOf({ conditions }, { table, place, dialect: database.dialect })}`
  })
  return (await database.change(statement, shape.values)).rowCount
}

function describeSteps(steps: Steps, shape: Shape): void {
  for (const [{ column }, by] of steps) {
    shape.add(column)
    shape.values.push(by)
  }
}

function writeSteps(steps: Steps, place: NextPlace): RawBuilder<unknown> {
  const columns = [...steps.keys()].map(({ column }) => sql.id(column))
  return sql.join(columns.map((column) => sql`${column} = coalesce(${column}, 0) + ${place()}`))
}

const NUMERIC: ReadonlySet<string> = new Set(['integer', 'bigint', 'real'])

function numeric({ attributes, name: owner }: Definition, name: string): Attribute {
  const attribute = attributes.get(name, owner)
  if (NUMERIC.has(attribute.type.storage)) return attribute
  throw modelError('INVALID_QUERY', `${owner}.${name} is no number, so nothing can be added to it`)
}

function step({ name: owner }: Definition, name: string, by: unknown): number | bigint {
  if (typeof by === 'bigint' || (typeof by === 'number' && Number.isFinite(by))) return by
  throw modelError(
    'INVALID_QUERY',
    `what is added to ${owner}.${name} must be a finite number, not ${typeof by === 'number' ? String(by) : describe(by)}`,
  )
}
