import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import type { Condition } from '../query/condition.ts'
import { BelongsToRelation } from './belongs-to.ts'
import { BelongsToAnyRelation } from './belongs-to-any.ts'
import { equalToAny, matching } from './conditions.ts'
import { wrongRelation } from './errors.ts'
import { KeyedRelation } from './keyed.ts'
import { isKin } from './lineage.ts'
import { customaryNames, firstNamed, namedOrKey, noForeignKey, onlyOf, referringTo } from './names.ts'
import type { Dependent } from './options.ts'
import type { Owners } from './owners.ts'
import type { Scoped } from './relation.ts'

export interface HasGiven extends Scoped {
  readonly foreignKey?: string
  readonly primaryKey?: string
  readonly as?: string
  readonly dependent?: Dependent
  readonly makeDefault?: () => object
}

/** The target has the key of the owner: many of them, or at most one. */
export class HasManyRelation extends KeyedRelation {
  readonly #given: HasGiven

  constructor(owner: Definition, model: () => object, many: boolean, given: HasGiven) {
    super(owner, model, many, given)
    this.#given = given
  }

  get dependent(): Dependent | undefined {
    return this.#given.dependent
  }

  get inverse(): string | undefined {
    return this.#given.inverse
  }

  get makeDefault(): (() => object) | undefined {
    return this.#given.makeDefault
  }

  /** What rows of the target have beside the key, where they may belong to records of several models. */
  get typed(): { readonly attribute: Attribute; readonly type: string } | null {
    const { as } = this.#given
    if (as === undefined) return null
    const back = this.#back(as)
    return { attribute: back.typeSide, type: back.typeOf(this.owner) }
  }

  protected override get conditionsOfSteps(): readonly Condition[] | undefined {
    const { typed } = this
    const conditions = super.conditionsOfSteps
    return typed && conditions ? [...conditions, equalToAny(typed.attribute, [typed.type])] : conditions
  }

  override conditionsFor(owners: Owners): readonly Condition[] {
    const match = matching(this.targetSide, owners, this.ownerSide)
    const { typed } = this
    return typed ? [match, equalToAny(typed.attribute, [typed.type])] : [match]
  }

  protected findOwnerSide(): Attribute {
    return namedOrKey(this.owner, this.#given.primaryKey)
  }

  protected findTargetSide(): Attribute {
    const { owner, target } = this
    const { foreignKey, as } = this.#given
    if (as !== undefined) return this.#back(as).idSide
    if (foreignKey !== undefined) return target.attributes.get(foreignKey, target.name)
    const referring = referringTo(target, owner)
    const names = customaryNames(owner)
    const found =
      (referring.length === 1 ? referring[0] : undefined) ??
      firstNamed(target, names) ??
      onlyOf(this, target, referring) ??
      onlyOf(this, target, this.#leadingBack())
    if (found) return found
    throw noForeignKey(this, target, names)
  }

  // The foreign keys of what the target says belongs to the owner.
  #leadingBack(): Attribute[] {
    const relations = [...this.target.relations.values()]
    const back = relations.filter((relation) => relation instanceof BelongsToRelation)
    const sides = back.filter(({ target }) => isKin(target, this.owner)).map(({ ownerSide }) => ownerSide)
    return [...new Set(sides)]
  }

  #back(as: string): BelongsToAnyRelation {
    const back = this.target.relations.get(as)
    if (back instanceof BelongsToAnyRelation) return back
    throw wrongRelation(this, `${this.target.name} must have a field ${as} that is set to this.belongsToAny(...)`)
  }
}
