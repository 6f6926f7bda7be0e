import { ownOptions } from '../../contract/checks.ts'
import { decodedSlot } from '../attributes.ts'
import type { Key, Stateful } from '../contract.ts'
import { wholeTable } from '../query/plan.ts'
import { selectRecords } from '../query/select.ts'
import { matching } from './conditions.ts'
import { titleOf } from './errors.ts'
import type { JoinedRelation } from './joined.ts'
import { keyOfRaw, rawOf } from './key.ts'
import { readRows } from './rows.ts'

/** A related record, and what the link to it has beside its keys. */
export interface Linked {
  readonly record: Stateful
  readonly attributes: Record<string, unknown>
}

/** The records that an owner is linked with, each with its link. */
export async function linkedOf(relation: JoinedRelation, owner: Stateful, given: object): Promise<Linked[]> {
  const { joinWhere } = ownOptions<{ joinWhere?: unknown }>(given, ['joinWhere'], titleOf(relation))
  const { links, ownerSide, targetSide } = relation
  const ofLinks = relation.linkConditions(joinWhere)
  const records = await selectRecords(relation.planFor(owner, ofLinks))
  const of = matching(links.ownerKey, { values: [relation.rawOf(owner)] }, ownerSide)
  const plan = { ...wholeTable(links), conditions: [of, ...ofLinks] }
  const rows = await readRows(plan, [links.targetKey, ...links.own])
  const byKey = new Map<Key | null, Record<string, unknown>>()
  for (const [raw, ...values] of rows) {
    const attributes: Record<string, unknown> = Object.create(null)
    for (const [at, attribute] of links.own.entries()) {
      attributes[attribute.name] = decodedSlot(links.name, attribute, values[at])
    }
    byKey.set(keyOfRaw(raw), attributes)
  }
  return records.map((record) => ({ record, attributes: byKey.get(keyOfRaw(rawOf(record, targetSide))) ?? {} }))
}
