import type { Attribute } from '../attribute-list.ts'
import { storedOf } from '../attributes.ts'
import { relatedDefinition } from '../bound.ts'
import { type Definition, type Includes, LOADED, type Relation, type Stateful, type Step } from '../contract.ts'
import { Among } from '../query/among.ts'
import { wholeTable } from '../query/plan.ts'
import { selectRecords } from '../query/select.ts'

/** Relations between two tables of which one has the key of the other. */
export abstract class KeyedRelation implements Relation {
  readonly owner: Definition
  readonly many: boolean
  readonly #target: () => object

  constructor(owner: Definition, target: () => object, many: boolean) {
    this.owner = owner
    this.#target = target
    this.many = many
  }

  get name(): string {
    for (const [name, relation] of this.owner.relations) if (relation === this) return name
    return ''
  }

  get target(): Definition {
    return relatedDefinition(this.owner, this.#target())
  }

  /** The attribute of the owner that is compared. */
  abstract get ownerSide(): Attribute
  /** The attribute of the target that it is compared with. */
  abstract get targetSide(): Attribute

  get steps(): readonly Step[] {
    return [{ table: this.target.table, on: [[this.ownerSide.column, this.targetSide.column]] }]
  }

  async load(owners: readonly Stateful[], includes: Includes): Promise<void> {
    const { ownerSide, targetSide, target } = this
    const keys = new Set(owners.map((owner) => storedOf(owner, ownerSide)))
    keys.delete(null)
    const conditions = [new Among(targetSide, [...keys])]
    const found = keys.size === 0 ? [] : await selectRecords({ ...wholeTable(target), conditions, includes })
    const byKey = Map.groupBy(found, (record) => storedOf(record, targetSide))
    for (const owner of owners) {
      const loaded = byKey.get(storedOf(owner, ownerSide)) ?? []
      owner[LOADED] ??= new Map()
      owner[LOADED].set(this, loaded)
    }
  }
}

/** The attribute of this name. */
export function sideOf({ attributes, name }: Definition, attribute: string): Attribute {
  return attributes.get(attribute, name)
}
