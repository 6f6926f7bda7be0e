import type { Slot, Stateful } from '../contract.ts'
import { mustHaveRow } from './errors.ts'
import { keyOfRaw } from './key.ts'
import { LinkEntries } from './link-entries.ts'
import type { LinkStore } from './link-store.ts'
import { changeLoaded } from './loaded.ts'
import type { Members } from './members.ts'
import { singleKey } from './names.ts'
import { newMember } from './new-member.ts'
import type { OneModelRelation } from './relation.ts'
import { readRows } from './rows.ts'

/** Links the owner with these, and with no others. */
export async function setLinks(
  relation: OneModelRelation,
  store: LinkStore,
  owner: Stateful,
  given: unknown,
): Promise<void> {
  const entries = checkedEntries(relation, store, owner, given)
  await relation.target.database.transaction(async () => {
    const current = await store.current(owner)
    const inScope = relation.isScoped ? await keysInScope(relation, owner) : null
    const leaving = current.filter((raw) => !entries.members.has(raw) && (inScope?.has(keyOfRaw(raw)) ?? true))
    await store.unlink(owner, leaving)
    await linkMissing(store, owner, entries, current)
  })
  changeLoaded(owner, relation, () => entries.members.distinct)
}

/** Links the owner with these too. Those that it is linked with already are not linked once more. */
export async function addLinks(
  relation: OneModelRelation,
  store: LinkStore,
  owner: Stateful,
  given: unknown,
): Promise<void> {
  const entries = checkedEntries(relation, store, owner, given)
  const { members } = entries
  if (members.size === 0) return
  await relation.target.database.transaction(async () => {
    await linkMissing(store, owner, entries, await store.current(owner))
  })
  changeLoaded(owner, relation, (records) => [...without(records, members), ...members.distinct])
}

/** The owner is not linked with these any more. */
export async function removeLinks(
  relation: OneModelRelation,
  store: LinkStore,
  owner: Stateful,
  given: unknown,
): Promise<void> {
  const { members } = checkedEntries(relation, store, owner, given)
  if (members.size === 0) return
  await relation.target.database.transaction(() => store.unlink(owner, members.raws))
  changeLoaded(owner, relation, (records) => without(records, members))
}

/** Makes and saves a record, and links the owner with it. */
export async function createLinked(
  relation: OneModelRelation,
  store: LinkStore,
  owner: Stateful,
  given: object,
  attributes: unknown,
): Promise<Stateful> {
  mustHaveRow(owner, relation)
  store.check()
  const member = newMember(relation.target, given)
  await relation.target.database.transaction(async () => {
    await member.save()
    await addLinks(relation, store, owner, [attributes === undefined ? member : [member, attributes]])
  })
  return member
}

function checkedEntries(relation: OneModelRelation, store: LinkStore, owner: Stateful, given: unknown): LinkEntries {
  mustHaveRow(owner, relation)
  store.check()
  return new LinkEntries(relation, relation.target, store.links, given)
}

async function linkMissing(
  store: LinkStore,
  owner: Stateful,
  entries: LinkEntries,
  current: readonly Slot[],
): Promise<void> {
  const known = new Set(current.map(keyOfRaw))
  const made = []
  for (const raw of entries.members.raws) {
    const values = entries.valuesFor(raw)
    if (!known.has(keyOfRaw(raw))) made.push({ raw, values })
    else if (values) await store.change(owner, raw, values)
  }
  await store.link(owner, made)
}

async function keysInScope(relation: OneModelRelation, owner: Stateful): Promise<ReadonlySet<unknown>> {
  const rows = await readRows({ ...relation.planFor(owner), order: [] }, [singleKey(relation.target)])
  return new Set(rows.map(([raw]) => keyOfRaw(raw)))
}

function without(records: readonly Stateful[], members: Members): Stateful[] {
  return records.filter((record) => !members.includes(record))
}
