import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { KeyedRelation } from './keyed.ts'
import { foreignKey, singleKey } from './names.ts'
import type { RelationOptions } from './options.ts'

/** The target has the key of the owner: many of them, or at most one. */
export class HasManyRelation extends KeyedRelation {
  readonly #options: RelationOptions

  constructor(owner: Definition, target: () => object, many: boolean, options: RelationOptions) {
    super(owner, target, many)
    this.#options = options
  }

  get ownerSide(): Attribute {
    return singleKey(this.owner)
  }

  get targetSide(): Attribute {
    return foreignKey(this.target, this.owner, this.#options.foreignKey)
  }
}
