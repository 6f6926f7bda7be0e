import type { Attribute } from '../attribute-list.ts'
import {
  type Definition,
  type Includes,
  type Key,
  type Relation,
  type Slot,
  STATUS,
  type Stateful,
  type Step,
} from '../contract.ts'
import { PLAN } from '../query/answers.ts'
import type { Condition } from '../query/condition.ts'
import { queryOf } from '../query/model-query.ts'
import { orderingOf } from '../query/order.ts'
import type { Plan } from '../query/plan.ts'
import type { Query } from '../query/query.ts'
import { scopedTable } from '../query/scopes.ts'
import { loadSchema } from '../schema/load.ts'
import { wrongRelation } from './errors.ts'
import { propagateInverse } from './inverse.ts'
import { keyOfRaw } from './key.ts'
import { keepLoaded } from './loaded.ts'
import type { Owners } from './owners.ts'
import { relatedModel } from './target.ts'

/** Records by what their owners are known by, and all of them in their order. */
export interface Found {
  readonly byKey: ReadonlyMap<Key, readonly Stateful[]>
  readonly all: readonly Stateful[]
}

/** Gives a plan what a caller wants of it beyond what the relation means. */
export type Refine = (plan: Plan) => Plan

/** Options that every relation to one model has. */
export interface Scoped {
  readonly orderBy?: unknown
  readonly scope?: ((query: never) => unknown) | undefined
  readonly inverse?: string | undefined
}

/** A relation to one model: how its rows are found. */
export abstract class OneModelRelation implements Relation {
  readonly owner: Definition
  readonly many: boolean
  readonly #model: () => object
  readonly #scoped: Scoped
  #name: string | null = null
  #target: Definition | null = null

  constructor(owner: Definition, model: () => object, many: boolean, scoped: Scoped) {
    this.owner = owner
    this.#model = model
    this.many = many
    this.#scoped = scoped
  }

  get name(): string {
    this.#name ??= fieldOf(this)
    return this.#name
  }

  get target(): Definition {
    this.#target ??= relatedModel(this, this.#model)
    return this.#target
  }

  /** Not all rows that lead back to an owner belong to it. */
  get isScoped(): boolean {
    return this.#scoped.scope !== undefined
  }

  /** Reads the columns that it leads to, where they are those of the table. */
  async ready(): Promise<void> {
    await loadSchema(this.target)
  }

  /** It says itself which of several rows comes first. */
  get isOrdered(): boolean {
    return this.plan().order.length > 0
  }

  /** The attribute of the owner that related rows refer to. */
  abstract get ownerSide(): Attribute
  abstract get steps(): readonly Step[] | undefined
  abstract rawOf(owner: Stateful): Slot
  /** That rows of the target belong to these owners. */
  abstract conditionsFor(owners: Owners, ofLinks?: readonly Condition[]): readonly Condition[]
  /** What belongs to each of these, of what a plan for the target means. */
  abstract collect(owners: readonly Stateful[], refine: Refine): Promise<Found>

  keyOf(owner: Stateful): Key | null {
    return keyOfRaw(this.rawOf(owner))
  }

  /** All rows that can belong to any owner. */
  plan(): Plan {
    const { scope, orderBy } = this.#scoped
    const whole = scopedTable(this.target.model)
    const plan = scope ? (scope(queryOf(whole) as never) as Query<never, never>)[PLAN] : whole
    if (scope && plan.limit !== null)
      throw wrongRelation(this, 'a scope cannot have a limit, which would count for all owners')
    const given = orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy]
    return { ...plan, order: [...plan.order, ...given.map((name) => orderingOf(this.target, name))] }
  }

  /** What all rows of the relation fulfil, whoever they belong to; undefined where that takes more than the table. */
  protected get conditionsOfSteps(): readonly Condition[] | undefined {
    const { joins, conditions } = this.plan()
    return joins.length > 0 ? undefined : conditions
  }

  /** The rows that belong to one owner; where links lead there, by those of them that fulfil conditions. */
  planFor(owner: Stateful, ofLinks: readonly Condition[] = []): Plan {
    const plan = this.plan()
    const raw = this.rawOf(owner)
    const values = raw === null ? [] : [raw]
    return { ...plan, conditions: [...plan.conditions, ...this.conditionsFor({ values }, ofLinks)] }
  }

  async load(given: readonly Stateful[], includes: Includes): Promise<void> {
    await this.ready()
    const owners = given.filter((owner) => owner[STATUS] === 'stored')
    const { byKey } = await this.collect(owners, (plan) => ({ ...plan, includes }))
    for (const owner of owners) {
      const key = this.keyOf(owner)
      const records = (key !== null && byKey.get(key)) || []
      keepLoaded(owner, this, records)
      propagateInverse(this, this.#scoped.inverse, owner, records)
    }
  }
}

/** The name of the field that has the relation. */
export function fieldOf(relation: Relation): string {
  for (const [name, other] of relation.owner.relations) if (other === relation) return name
  return ''
}
