import type { Attribute } from '../attribute-list.ts'
import type { Key, Slot, Stateful, Step } from '../contract.ts'
import type { Condition } from '../query/condition.ts'
import type { Plan } from '../query/plan.ts'
import { selectRecords } from '../query/select.ts'
import { matching } from './conditions.ts'
import { DirectRelation } from './direct.ts'
import { keyOfRaw, rawOf } from './key.ts'
import type { Owners } from './owners.ts'
import type { Found } from './relation.ts'
import { areMixed, fitting } from './translate.ts'

/** Relations between two tables of which one has the key of the other. */
export abstract class KeyedRelation extends DirectRelation {
  #ownerSide: Attribute | null = null
  #targetSide: Attribute | null = null

  /** The attribute of the owner that is compared. */
  get ownerSide(): Attribute {
    this.#ownerSide ??= this.findOwnerSide()
    return this.#ownerSide
  }

  /** The attribute of the target that it is compared with. */
  get targetSide(): Attribute {
    this.#targetSide ??= this.findTargetSide()
    return this.#targetSide
  }

  protected abstract findOwnerSide(): Attribute
  protected abstract findTargetSide(): Attribute

  rawOf(owner: Stateful): Slot {
    return rawOf(owner, this.ownerSide)
  }

  get steps(): readonly Step[] | undefined {
    const { target, ownerSide, targetSide } = this
    const where = this.conditionsOfSteps
    return (
      where && [
        {
          table: target.table,
          on: [[ownerSide.column, targetSide.column]],
          asText: areMixed(ownerSide, targetSide),
          where,
        },
      ]
    )
  }

  conditionsFor(owners: Owners): readonly Condition[] {
    return [matching(this.targetSide, owners, this.ownerSide)]
  }

  protected async fetch(values: readonly Slot[], plan: Plan): Promise<Found> {
    const conditions = [...plan.conditions, ...this.conditionsFor({ values })]
    const all = await selectRecords({ ...plan, conditions })
    const byKey = new Map<Key, Stateful[]>()
    for (const record of all) {
      const key = keyOfRaw(fitting(rawOf(record, this.targetSide), this.targetSide, this.ownerSide)) as Key
      const known = byKey.get(key)
      if (known) known.push(record)
      else byKey.set(key, [record])
    }
    return { byKey, all }
  }
}
