import type { Columns } from '../columns/column.ts'
import { deleteRows } from '../persist/delete-all.ts'
import { updateRows } from '../persist/update-all.ts'
import type { Loaded, RelationName } from '../relations/types.ts'
import { loadSchema } from '../schema/load.ts'
import type { AttributeName, NewValues, OrderBy, RowOf, Where } from '../types.ts'
import { countRows, hasRows } from './count.ts'
import { addIncludes } from './includes.ts'
import { orderingOf, reversed } from './order.ts'
import { checkCount, type Plan } from './plan.ts'
import { pluckValues } from './pluck.ts'
import { selectRecords } from './select.ts'
import { conditionOf } from './where.ts'

/**
 * A question for records that is asked when it is awaited, and anew each time. It never changes: each method gives
 * another one.
 *
 * @example
 * const adults = await User.where({ age: gte(18) }).orderBy('-age').limit(10)
 */
export class Query<R, C extends Columns> implements PromiseLike<R[]> {
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Only what fulfils these conditions too. */
  where(where: Where<C>): Query<R, C> {
    const { definition, conditions } = this.#plan
    return this.#with({ conditions: [...conditions, conditionOf(definition, where)] })
  }

  /** Sorted by these attributes, after those that were given before. */
  orderBy(...names: OrderBy<C>[]): Query<R, C> {
    const { definition, order } = this.#plan
    return this.#with({ order: [...order, ...names.map((name) => orderingOf(definition, name))] })
  }

  /** At most so many. */
  limit(count: number): Query<R, C> {
    return this.#with({ limit: checkCount('limit', count) })
  }

  /** Without the first so many. */
  offset(count: number): Query<R, C> {
    return this.#with({ offset: checkCount('offset', count) })
  }

  /** Together with these relations, each of which one more query loads. */
  include<K extends RelationName<R>>(...names: K[]): Query<Loaded<R, K>, C> {
    const { definition, includes } = this.#plan
    return new Query({ ...this.#plan, includes: addIncludes(definition, includes, names) })
  }

  /** The first of them, or null. Without an order of its own it is sorted by key. */
  async first(): Promise<R | null> {
    await loadSchema(this.#plan.definition)
    const [record] = await selectRecords({ ...byKey(this.#plan), limit: 1 })
    return (record as R | undefined) ?? null
  }

  /** The last of them, or null: the first of the reversed order. */
  async last(): Promise<R | null> {
    await loadSchema(this.#plan.definition)
    const [record] = await selectRecords({ ...reversed(byKey(this.#plan)), limit: 1 })
    return (record as R | undefined) ?? null
  }

  /** All of them. The same as awaiting the query. */
  async all(): Promise<R[]> {
    return (await selectRecords(this.#plan)) as R[]
  }

  /** How many there are. */
  count(): Promise<number> {
    return countRows(this.#plan)
  }

  /** Whether there is any. */
  exists(): Promise<boolean> {
    return hasRows(this.#plan)
  }

  /** The values of one attribute, without the records. */
  async pluck<K extends AttributeName<C>>(name: K): Promise<RowOf<C>[K][]> {
    return (await pluckValues(this.#plan, name)) as RowOf<C>[K][]
  }

  /** Deletes all of them in one statement, without records and their callbacks. Gives how many there were. */
  async deleteAll(): Promise<number> {
    return await deleteRows(this.#plan)
  }

  /**
   * Writes values into all of them in one statement, without records, their validations and their callbacks. Gives how
   * many there were.
   *
   * @example
   * await User.where({ age: gte(18) }).updateAll({ role: 'adult', visits: sql`visits + 1` })
   */
  async updateAll(values: NewValues<C>): Promise<number> {
    return await updateRows(this.#plan, values)
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query runs it
  then<A = R[], B = never>(
    onFulfilled?: ((records: R[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.all().then(onFulfilled, onRejected)
  }

  #with(change: Partial<Plan>): Query<R, C> {
    return new Query({ ...this.#plan, ...change })
  }
}

function byKey(plan: Plan): Plan {
  if (plan.order.length > 0) return plan
  return { ...plan, order: plan.definition.attributes.key.map((by) => ({ by, descending: false })) }
}
