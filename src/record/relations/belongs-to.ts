import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { KeyedRelation } from './keyed.ts'
import { foreignKey, singleKey } from './names.ts'
import type { RelationOptions } from './options.ts'

/** The owner has the key of the target. */
export class BelongsToRelation extends KeyedRelation {
  readonly #options: RelationOptions

  constructor(owner: Definition, target: () => object, options: RelationOptions) {
    super(owner, target, false)
    this.#options = options
  }

  get ownerSide(): Attribute {
    return foreignKey(this.owner, this.target, this.#options.foreignKey)
  }

  get targetSide(): Attribute {
    return singleKey(this.target)
  }
}
