import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { decodedSlot, writeAttribute } from '../attributes.ts'
import { DEFINITION, type Key, type Slot, type Stateful } from '../contract.ts'
import type { Plan } from '../query/plan.ts'
import { countingFor } from './counters.ts'
import { membersGone, mustHaveRow } from './errors.ts'
import type { HasManyRelation } from './has-many.ts'
import { propagateInverse } from './inverse.ts'
import { keyOfRaw, rawOf } from './key.ts'
import { changeLoaded, loadedOf } from './loaded.ts'
import { Members } from './members.ts'
import { singleKey } from './names.ts'
import { newMember, type SavedRecord } from './new-member.ts'
import { checkReleasable, leave, release, settleLeft } from './release.ts'
import { inChunks, readRows, updateRows } from './rows.ts'
import { settleRaws } from './settle.ts'
import { fitting } from './translate.ts'

/** Makes these, and no others, the records that belong to the owner. */
export async function setChildren(relation: HasManyRelation, owner: Stateful, given: unknown): Promise<void> {
  mustHaveRow(owner, relation)
  const members = new Members(relation, relation.target, given)
  const leaving = await relation.target.database.transaction(async () => {
    const current = await keysIn(relation, relation.planFor(owner))
    const left = current.filter((raw) => !members.has(raw))
    const known = new Set(current.map(keyOfRaw))
    const coming = members.raws.filter((raw) => !known.has(keyOfRaw(raw)))
    if (left.length > 0) checkReleasable(relation)
    await countingFor(relation, owner, coming, async () => {
      await leave(relation, left)
      await attach(relation, owner, coming)
    })
    return new Set(left.map(keyOfRaw))
  })
  forget(relation, owner, [], leaving)
  settleCome(relation, owner, members.all)
  changeLoaded(owner, relation, () => members.distinct)
}

/** Makes these, too, belong to the owner. */
export async function addChildren(relation: HasManyRelation, owner: Stateful, given: unknown): Promise<void> {
  mustHaveRow(owner, relation)
  const members = new Members(relation, relation.target, given)
  if (members.size === 0) return
  await relation.target.database.transaction(() =>
    countingFor(relation, owner, members.raws, () => attach(relation, owner, members.raws)),
  )
  settleCome(relation, owner, members.all)
  changeLoaded(owner, relation, (records) => [
    ...records.filter((record) => !members.includes(record)),
    ...members.distinct,
  ])
}

/** These do not belong to the owner any more. Those that never did are left alone. */
export async function removeChildren(relation: HasManyRelation, owner: Stateful, given: unknown): Promise<void> {
  mustHaveRow(owner, relation)
  const { target } = relation
  const members = new Members(relation, target, given)
  if (members.size === 0) return
  checkReleasable(relation)
  const leaving = new Set<Key | null>()
  await target.database.transaction(() =>
    countingFor(relation, owner, [], async () => {
      const plan = relation.planFor(owner)
      await inChunks(target, singleKey(target), members.raws, async (among) => {
        const raws = await keysIn(relation, { ...plan, conditions: [...plan.conditions, ...among] })
        for (const raw of raws) leaving.add(keyOfRaw(raw))
        await leave(relation, raws)
        return raws.length
      })
    }),
  )
  forget(relation, owner, members.all, leaving)
}

/** Nothing belongs to the owner any more. */
export async function clearChildren(relation: HasManyRelation, owner: Stateful): Promise<void> {
  mustHaveRow(owner, relation)
  checkReleasable(relation)
  await relation.target.database.transaction(() =>
    countingFor(relation, owner, [], () => release(relation, owner, relation.dependent)),
  )
  for (const record of loadedOf(owner, relation) ?? []) settleLeft(relation, record)
  changeLoaded(owner, relation, () => [])
}

/** Makes and saves a record that belongs to the owner; of one that can have only one, the other leaves. */
export async function createChild(relation: HasManyRelation, owner: Stateful, given: object): Promise<Stateful> {
  const { target, many } = relation
  const child = newChild(relation, owner, given)
  if (many) await child.save()
  else {
    await target.database.transaction(async () => {
      if ((await keysIn(relation, relation.planFor(owner))).length > 0) await clearChildren(relation, owner)
      await child.save()
    })
  }
  changeLoaded(owner, relation, (records) => (many ? [...records, child] : [child]))
  propagateInverse(relation, relation.inverse, owner, [child])
  return child
}

/** Makes a record that belongs to the owner as soon as it is saved. */
export function newChild(relation: HasManyRelation, owner: Stateful, given: object): SavedRecord {
  mustHaveRow(owner, relation)
  const { target } = relation
  const child = newMember(target, given)
  for (const [attribute, raw] of keysOf(relation, owner)) {
    writeAttribute(child, attribute, decodedSlot(target.name, attribute, raw))
  }
  return child
}

/** What rows have that belong to the owner. */
function keysOf(relation: HasManyRelation, owner: Stateful): ReadonlyMap<Attribute, Value> {
  const { targetSide, ownerSide, typed } = relation
  const keys = new Map([[targetSide, fitting(relation.rawOf(owner), ownerSide, targetSide) as Value]])
  return typed ? keys.set(typed.attribute, typed.type) : keys
}

async function keysIn({ target }: HasManyRelation, plan: Plan): Promise<Slot[]> {
  const rows = await readRows({ ...plan, order: [] }, [singleKey(target)])
  return rows.map(([raw]) => raw)
}

async function attach(relation: HasManyRelation, owner: Stateful, raws: readonly Slot[]): Promise<void> {
  const { target } = relation
  const keys = keysOf(relation, owner)
  const count = await inChunks(target, singleKey(target), raws, (among) => updateRows(target, keys, among))
  if (count !== raws.length) throw membersGone(relation, target)
}

function settleCome(relation: HasManyRelation, owner: Stateful, members: readonly Stateful[]): void {
  const keys = keysOf(relation, owner)
  for (const member of members) settleRaws(member, keys)
  propagateInverse(relation, relation.inverse, owner, members)
}

// What was given, and what was loaded before, is known; other objects that stand for the same rows are not.
function forget(
  relation: HasManyRelation,
  owner: Stateful,
  given: readonly Stateful[],
  leaving: ReadonlySet<Key | null>,
): void {
  const isLeaving = (record: Stateful) => leaving.has(keyOfRaw(rawOf(record, singleKey(record[DEFINITION]))))
  const known = new Set([...given, ...(loadedOf(owner, relation) ?? [])])
  changeLoaded(owner, relation, (records) => records.filter((record) => !isLeaving(record)))
  for (const record of known) if (isLeaving(record)) settleLeft(relation, record)
}
