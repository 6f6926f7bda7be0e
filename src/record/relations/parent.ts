import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { DEFINITION, type Definition, type Relation, type Stateful } from '../contract.ts'
import { exclusively } from '../persist/exclusively.ts'
import { updateOnly } from '../persist/update.ts'
import type { BelongsToRelation } from './belongs-to.ts'
import type { BelongsToAnyRelation } from './belongs-to-any.ts'
import { countingMove } from './counters.ts'
import { isStateful, mustHaveRow, wrongMember, wrongRelation } from './errors.ts'
import { rawOf } from './key.ts'
import { keepWritten } from './loaded.ts'
import { checkedMember } from './members.ts'
import { singleKey } from './names.ts'
import type { Settings } from './rows.ts'
import { fitting } from './translate.ts'

/** Makes the owner belong to another record, or to none. */
export async function setParent(relation: BelongsToRelation, owner: Stateful, given: unknown): Promise<void> {
  mustHaveRow(owner, relation)
  const { target, targetSide, ownerSide } = relation
  const parent = given === null ? null : checkedMember(relation, target, given)
  const raw = parent ? fitting(rawOf(parent, targetSide), targetSide, ownerSide) : null
  if (parent && raw === null)
    throw wrongRelation(relation, `the ${target.name} that it was given has no ${targetSide.name}`)
  if (!parent) mustBeNullable(relation, ownerSide)
  const keys = new Map([[ownerSide, raw as Value]])
  await countingMove(relation, owner, parent, () => writeKeys(relation, owner, keys))
  keepWritten(owner, relation, parent ? [parent] : [])
}

/** The same where records of several models can be meant. */
export async function setAnyParent(relation: BelongsToAnyRelation, owner: Stateful, given: unknown): Promise<void> {
  mustHaveRow(owner, relation)
  const { idSide, typeSide } = relation
  if (given === null) {
    mustBeNullable(relation, idSide)
    await writeKeys(relation, owner, clearedKeys(relation))
    return keepWritten(owner, relation, [])
  }
  if (!isStateful(given)) throw wrongMember(relation, relation.wanted, given)
  const type = relation.typeOf(given[DEFINITION])
  checkedMember(relation, relation.types.get(type) as Definition, given)
  const key = singleKey(given[DEFINITION])
  const id = fitting(rawOf(given, key), key, idSide) as Value
  await writeKeys(
    relation,
    owner,
    new Map<Attribute, Value>([
      [idSide, id],
      [typeSide, type],
    ]),
  )
  keepWritten(owner, relation, [given])
}

function clearedKeys({ idSide, typeSide }: BelongsToAnyRelation): Settings {
  const keys = new Map<Attribute, Value>([[idSide, null]])
  return typeSide.settings.nullable ? keys.set(typeSide, null) : keys
}

async function writeKeys(relation: Relation, owner: Stateful, keys: Settings): Promise<void> {
  await exclusively(owner, async () => {
    mustHaveRow(owner, relation)
    await updateOnly(owner, new Map(keys))
  })
}

function mustBeNullable(relation: Relation, { name, settings }: Attribute): void {
  if (settings.nullable) return
  throw wrongRelation(relation, `it cannot be cleared: ${name} of ${relation.owner.name} is not nullable()`)
}
