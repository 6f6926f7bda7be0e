import type { Value } from '../../contract/value.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { DEFINITION, type Definition, type Slot, STATUS, type Stateful } from '../contract.ts'
import { incrementRows } from '../persist/counters.ts'
import { wholeTable } from '../query/plan.ts'
import { describeConditions, whereOf } from '../query/rows.ts'
import { Shape } from '../statement.ts'
import { BelongsToRelation } from './belongs-to.ts'
import { chunksOf } from './chunks.ts'
import { equalToAny } from './conditions.ts'
import type { HasManyRelation } from './has-many.ts'
import { distinctRaws, keyOfRaw, rawOf } from './key.ts'
import { isKin } from './lineage.ts'
import { loadedOf } from './loaded.ts'
import { singleKey } from './names.ts'
import { inChunks, readRows } from './rows.ts'
import { settleRaws } from './settle.ts'
import { fitting } from './translate.ts'

/** A relation whose other side counts what belongs to it, and the attribute in which it does. */
interface Counter {
  readonly relation: BelongsToRelation
  readonly attribute: Attribute
}

const known = new WeakMap<Definition, readonly Counter[]>()

/** The counts that the records of a model are part of. */
export function countersOf(definition: Definition): readonly Counter[] {
  const found = known.get(definition)
  if (found) return found
  const counters = findCounters(definition)
  known.set(definition, counters)
  return counters
}

function findCounters({ relations }: Definition): Counter[] {
  const found: Counter[] = []
  for (const relation of relations.values()) {
    const attribute = relation instanceof BelongsToRelation ? relation.counter : null
    if (attribute) found.push({ relation: relation as BelongsToRelation, attribute })
  }
  return found
}

/** Does `work`, which inserts, updates or deletes a record's row, and keeps the counts right that it is part of. */
export function counting<T>(record: Stateful, work: (record: Stateful) => Promise<T>): Promise<T> {
  const definition = record[DEFINITION]
  const counters = countersOf(definition)
  if (counters.length === 0) return work(record)
  return definition.database.transaction(async () => {
    const before = counters.map((counter) => countedBy(record, counter))
    const result = await work(record)
    for (const [at, counter] of counters.entries()) {
      const after = countedBy(record, counter)
      if (keyOfRaw(before[at]) === keyOfRaw(after)) continue
      await count(record, counter, before[at], -1)
      await count(record, counter, after, 1)
    }
    return result
  })
}

function countedBy(record: Stateful, { relation }: Counter): Slot {
  return record[STATUS] === 'stored' ? rawOf(record, relation.ownerSide) : null
}

async function count(record: Stateful, { relation, attribute }: Counter, raw: Slot, by: number): Promise<void> {
  if (raw === null) return
  const { target, targetSide, ownerSide } = relation
  const conditions = [equalToAny(targetSide, [fitting(raw, ownerSide, targetSide)])]
  await incrementRows(target, conditions, new Map([[attribute, by]]))
  for (const parent of loadedOf(record, relation) ?? []) learn(parent, attribute, (counted) => counted + by)
}

/** Does `work`, which changes what belongs to an owner, and keeps the counts right: those of former owners too. */
export async function countingFor(
  relation: HasManyRelation,
  owner: Stateful,
  coming: readonly Slot[],
  work: () => Promise<unknown>,
): Promise<void> {
  const { target, targetSide, typed } = relation
  const counters = typed ? [] : countersOf(target).filter((counter) => counter.relation.ownerSide === targetSide)
  const own = counters.filter((counter) => isKin(counter.relation.target, relation.owner))
  if (own.length === 0) return void (await work())
  const former: Slot[] = []
  await inChunks(target, singleKey(target), coming, async (among) => {
    const rows = await readRows({ ...wholeTable(target), conditions: among }, [targetSide])
    former.push(...rows.map(([raw]) => raw))
    return rows.length
  })
  await work()
  for (const counter of own) await recount(counter, [relation.rawOf(owner), ...former], [owner])
}

/** Does `work`, which makes a record belong to another one, and keeps both counts right. */
export async function countingMove(
  relation: BelongsToRelation,
  owner: Stateful,
  parent: Stateful | null,
  work: () => Promise<void>,
): Promise<void> {
  const counter = countersOf(owner[DEFINITION]).find((one) => one.relation === relation)
  if (!counter) return await work()
  const former = loadedOf(owner, relation) ?? []
  await relation.target.database.transaction(async () => {
    const before = rawOf(owner, relation.ownerSide)
    await work()
    const parents = parent ? [parent, ...former] : former
    await recount(counter, [before, rawOf(owner, relation.ownerSide)], parents)
  })
}

/** Counts anew for the rows that are known by these values. */
async function recount(
  { relation, attribute }: Counter,
  raws: readonly Slot[],
  parents: readonly Stateful[],
): Promise<void> {
  const { owner, ownerSide, target, targetSide } = relation
  const { table, database } = target
  const values = distinctRaws(raws.map((raw) => fitting(raw, ownerSide, targetSide)))
  const { dialect } = database
  // What MySQL updates it reads only apart from that: the rows are had first, those that can be counted.
  const isApart = dialect === 'mysql' && owner.table === table
  for (const part of chunksOf(database, values, isApart ? 2 : 1)) {
    const conditions = [equalToAny(targetSide, part)]
    const counting = isApart
      ? [
          equalToAny(
            ownerSide,
            part.map((raw) => fitting(raw, targetSide, ownerSide)),
          ),
        ]
      : []
    const shape = new Shape(`recount ${table}\u0000`, dialect)
    for (const name of [attribute.column, owner.table, ownerSide.column, targetSide.column]) shape.add(name)
    describeConditions('counted', counting, shape)
    describeConditions('where', conditions, shape)
    const statement = database.statement(shape, (place) => {
      const counted = sql.id(owner.table)
      const where = whereOf({ conditions: counting }, { table: owner.table, place, dialect })
      const rows = isApart ? sql`(select ${sql.id(ownerSide.column)} from ${counted}${where})` : counted
      const count = sql`select count(*) from ${rows} as counted where ${sql.id('counted', ownerSide.column)} = ${sql.id(table, targetSide.column)}`
      return sql`update ${sql.id(table)} set ${sql.id(attribute.column)} = (${count})${whereOf({ conditions }, { table, place, dialect })}`
    })
    await database.change(statement, shape.values)
  }
  for (const parent of parents) {
    const plan = { ...wholeTable(target), conditions: [equalToAny(targetSide, [rawOf(parent, targetSide)])] }
    const [[counted] = []] = await readRows(plan, [attribute])
    if (counted !== undefined) learn(parent, attribute, () => Number(counted))
  }
}

function learn(parent: Stateful, attribute: Attribute, change: (counted: number) => number): void {
  const raw = rawOf(parent, attribute)
  settleRaws(parent, new Map<Attribute, Value>([[attribute, change(Number(raw ?? 0))]]))
}
