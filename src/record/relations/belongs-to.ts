import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { KeyedRelation } from './keyed.ts'
import { customaryNames, firstNamed, keyNames, namedOrKey, noForeignKey, onlyOf, referringTo } from './names.ts'
import type { Scoped } from './relation.ts'

export interface BelongsToGiven extends Scoped {
  readonly foreignKey?: string
  readonly primaryKey?: string
  readonly counterCache?: true | string
}

/** The owner has the key of the target. */
export class BelongsToRelation extends KeyedRelation {
  readonly #given: BelongsToGiven

  constructor(owner: Definition, model: () => object, given: BelongsToGiven) {
    super(owner, model, false, given)
    this.#given = given
  }

  /** The attribute of the target that counts what belongs to it, or null. */
  get counter(): Attribute | null {
    const { counterCache } = this.#given
    if (counterCache === undefined) return null
    const name = counterCache === true ? counterName(this.owner.table) : counterCache
    return this.target.attributes.get(name, this.target.name)
  }

  protected findOwnerSide(): Attribute {
    const { owner, target, name } = this
    const { foreignKey } = this.#given
    if (foreignKey !== undefined) return owner.attributes.get(foreignKey, owner.name)
    const own = firstNamed(owner, keyNames(name))
    if (own) return own
    const customary = customaryNames(target)
    const found = firstNamed(owner, customary) ?? onlyOf(this, owner, referringTo(owner, target))
    if (found) return found
    throw noForeignKey(this, owner, [...new Set([...keyNames(name), ...customary])])
  }

  protected findTargetSide(): Attribute {
    return namedOrKey(this.target, this.#given.primaryKey)
  }
}

function counterName(table: string): string {
  return `${table.replace(/_+([^_])/g, (_, next: string) => next.toUpperCase())}Count`
}
