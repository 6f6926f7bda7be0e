import type { Attribute } from '../attribute-list.ts'
import { decodedSlot } from '../attributes.ts'
import type { Slot, Stateful } from '../contract.ts'
import { selectRecords } from '../query/select.ts'
import { BelongsToRelation } from './belongs-to.ts'
import { createChild } from './children.ts'
import { readsOnly } from './errors.ts'
import { HasManyRelation } from './has-many.ts'
import type { LinkStore, NewLink } from './link-store.ts'
import type { SavedRecord } from './new-member.ts'
import { inChunks, readRows } from './rows.ts'
import type { ThroughRelation } from './through.ts'

/** Links as records in between: each is saved and deleted by its own methods. */
export class RecordLinks implements LinkStore {
  readonly links = null
  readonly #relation: ThroughRelation

  constructor(relation: ThroughRelation) {
    this.#relation = relation
  }

  check(): void {
    this.#ways()
  }

  async current(owner: Stateful): Promise<readonly Slot[]> {
    const { via, key } = this.#ways()
    const rows = await readRows({ ...via.planFor(owner), order: [] }, [key])
    return rows.map(([raw]) => raw)
  }

  async link(owner: Stateful, made: readonly NewLink[]): Promise<void> {
    const { via, key } = this.#ways()
    for (const { raw } of made) {
      await createChild(via, owner, { [key.name]: decodedSlot(via.target.name, key, raw) })
    }
  }

  async change(): Promise<void> {
    // Nothing can be given to records in between here: they are changed by themselves.
  }

  async unlink(owner: Stateful, raws: readonly Slot[]): Promise<void> {
    const { via, key } = this.#ways()
    const plan = via.planFor(owner)
    await inChunks(via.target, key, raws, async (among) => {
      const records = await selectRecords({ ...plan, order: [], conditions: [...plan.conditions, ...among] })
      for (const record of records as SavedRecord[]) await record.delete()
      return records.length
    })
  }

  #ways(): { readonly via: HasManyRelation; readonly key: Attribute } {
    const { via, source } = this.#relation
    if (via instanceof HasManyRelation && via.many && source instanceof BelongsToRelation) {
      return { via, key: source.ownerSide }
    }
    throw readsOnly(this.#relation, `it can be written where a hasMany leads to what lies between, and a belongsTo on`)
  }
}
