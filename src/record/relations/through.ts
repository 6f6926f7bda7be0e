import type { Attribute } from '../attribute-list.ts'
import type { Definition, Key, Slot, Stateful, Step } from '../contract.ts'
import type { Condition } from '../query/condition.ts'
import { unknownRelation } from '../query/includes.ts'
import type { Plan } from '../query/plan.ts'
import { wrongRelation } from './errors.ts'
import { isKin } from './lineage.ts'
import type { Owners } from './owners.ts'
import { type Found, OneModelRelation, type Refine, type Scoped } from './relation.ts'

export interface ThroughGiven extends Scoped {
  readonly through: string
  readonly source?: string
}

/** Records in between belong to the owner and lead on to the target. */
export class ThroughRelation extends OneModelRelation {
  readonly #given: ThroughGiven
  #source: OneModelRelation | null = null

  constructor(owner: Definition, model: () => object, given: ThroughGiven) {
    super(owner, model, true, given)
    this.#given = given
  }

  /** The relation that leads to the records in between. */
  get via(): OneModelRelation {
    const { through } = this.#given
    const via = this.owner.relations.get(through)
    if (!via) throw unknownRelation(this.owner, through)
    if (via instanceof OneModelRelation && via !== this) return via
    throw wrongRelation(this, `it cannot go through ${through}`)
  }

  /** The relation of those that leads on. */
  get source(): OneModelRelation {
    this.#source ??= this.#findSource()
    return this.#source
  }

  get ownerSide(): Attribute {
    return this.via.ownerSide
  }

  override async ready(): Promise<void> {
    await this.via.ready()
    await this.source.ready()
  }

  rawOf(owner: Stateful): Slot {
    return this.via.rawOf(owner)
  }

  get steps(): readonly Step[] | undefined {
    const before = this.via.steps
    const last = this.source.steps
    const own = this.conditionsOfSteps
    if (!before || !last || !own) return undefined
    return [
      ...before,
      ...last.map((step, at) => (at < last.length - 1 ? step : { ...step, where: [...(step.where ?? []), ...own] })),
    ]
  }

  conditionsFor(owners: Owners): readonly Condition[] {
    const { via, source } = this
    const conditions = [...via.plan().conditions, ...via.conditionsFor(owners)]
    return [...source.plan().conditions, ...source.conditionsFor({ table: via.target.table, conditions })]
  }

  async collect(owners: readonly Stateful[], refine: Refine): Promise<Found> {
    const { via, source } = this
    const between = await via.collect(owners, (plan) => plan)
    const ends = await source.collect(between.all, (plan) => refine(this.#narrowed(plan)))
    const rank = this.isOrdered || source.isOrdered ? new Map(ends.all.map((record, at) => [record, at])) : null
    const byKey = new Map<Key, Stateful[]>()
    for (const [key, records] of between.byKey) {
      const found = new Set(records.flatMap((record) => ends.byKey.get(source.keyOf(record) ?? '') ?? []))
      const list = [...found]
      if (rank) list.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
      byKey.set(key, list)
    }
    return { byKey, all: ends.all }
  }

  // What this relation says of the target, on top of what the last step says.
  #narrowed(plan: Plan): Plan {
    const own = this.plan()
    const conditions = [...plan.conditions, ...own.conditions]
    return { ...plan, definition: own.definition, conditions, order: [...own.order, ...plan.order] }
  }

  #findSource(): OneModelRelation {
    const between = this.via.target
    const { source: named } = this.#given
    const all = [...between.relations.values()].filter((relation) => relation instanceof OneModelRelation)
    if (named !== undefined) {
      const found = all.find(({ name }) => name === named)
      if (found) return found
      throw unknownRelation(between, named)
    }
    const leading = all.filter(({ target }) => isKin(target, this.target))
    const [only, another] = leading
    const source = leading.find(({ name }) => name === this.name) ?? (another ? undefined : only)
    if (source) return source
    const names = leading.map(({ name }) => name).join(' and ') || 'no relation'
    throw wrongRelation(
      this,
      `${names} of ${between.name} leads to ${this.target.name}: the option source names the one that is meant`,
    )
  }
}
