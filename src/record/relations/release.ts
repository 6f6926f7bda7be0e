import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { type Slot, STATUS, type Stateful } from '../contract.ts'
import { become } from '../persist/undo.ts'
import type { Condition } from '../query/condition.ts'
import { selectRecords } from '../query/select.ts'
import { hasGone, isBeingDeleted, isGone } from './deleting.ts'
import { kept, wrongRelation } from './errors.ts'
import type { HasManyRelation } from './has-many.ts'
import { singleKey } from './names.ts'
import type { SavedRecord } from './new-member.ts'
import type { Dependent } from './options.ts'
import { ownRow } from './own-row.ts'
import { deleteRows, inChunks, updateRows } from './rows.ts'
import { settleRaws } from './settle.ts'

/** Throws if nothing can leave the relation, because rows cannot be without their key. */
export function checkReleasable(relation: HasManyRelation): void {
  const { targetSide, target } = relation
  if (isDeleting(relation.dependent) || targetSide.settings.nullable) return
  const message = `nothing can leave it: ${targetSide.name} of ${target.name} is not nullable(), and no option dependent says 'delete' or 'destroy'`
  throw wrongRelation(relation, message)
}

/** Lets rows with these keys leave the relation. */
export async function leave(relation: HasManyRelation, raws: readonly Slot[]): Promise<void> {
  const { target, dependent } = relation
  await inChunks(target, singleKey(target), raws, (among) => part(relation, among, dependent))
}

/** Lets all rows leave the relation that belong to the owner. */
export async function release(
  relation: HasManyRelation,
  owner: Stateful,
  dependent: Dependent | undefined,
): Promise<void> {
  await part(relation, relation.planFor(owner).conditions, dependent)
}

async function part(
  relation: HasManyRelation,
  conditions: readonly Condition[],
  dependent: Dependent | undefined,
): Promise<number> {
  const { target } = relation
  if (dependent === 'delete') return await deleteRows(target, conditions)
  if (dependent !== 'destroy') return await updateRows(target, cleared(relation), conditions)
  const records = await selectRecords({ ...relation.plan(), conditions })
  for (const record of records as SavedRecord[]) {
    // It depended on one that came before it as well.
    if (isGone(record)) continue
    // Rows may depend on each other in a circle: what goes anyhow only has to let go.
    if (isBeingDeleted(record)) await updateRows(target, cleared(relation), ownRow(record))
    else await destroy(relation, record)
  }
  return records.length
}

async function destroy(relation: HasManyRelation, record: SavedRecord): Promise<void> {
  await record.delete()
  if (record[STATUS] !== 'deleted') throw kept(relation)
  hasGone(record)
}

/** A record in memory learns that its row has left the relation. */
export function settleLeft(relation: HasManyRelation, record: Stateful): void {
  if (!isDeleting(relation.dependent)) return settleRaws(record, cleared(relation))
  become(record, () => {
    record[STATUS] = 'deleted'
  })
}

/** What rows have that belong to nobody. */
function cleared({ targetSide, typed }: HasManyRelation): ReadonlyMap<Attribute, Value> {
  const keys = new Map<Attribute, Value>([[targetSide, null]])
  return typed?.attribute.settings.nullable ? keys.set(typed.attribute, null) : keys
}

function isDeleting(dependent: Dependent | undefined): boolean {
  return dependent === 'delete' || dependent === 'destroy'
}
