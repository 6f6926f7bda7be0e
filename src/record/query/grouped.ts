import type { RawBuilder } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Columns } from '../columns/column.ts'
import { modelError } from '../errors.ts'
import { inSchema } from '../schema/load.ts'
import type { AttributeName, OrderBy, RowOf, TupleOf, Where } from '../types.ts'
import { type Counted, measureGroups } from './grouping.ts'
import { havingOf } from './having.ts'
import { countOfRows, type Measure, measureOf, measuresOf } from './measure.ts'
import type { MeasureOf, NumberName, OrderedName, Result, Results } from './measures.ts'
import type { Operator } from './operators.ts'
import { orderingOf } from './order.ts'
import { checkCount, type Plan } from './plan.ts'
import { conditionOf } from './where.ts'

/** What the rows of a group have in common: a value, or one for each of several attributes. */
type By<C extends Columns, N extends readonly AttributeName<C>[]> = N extends readonly [infer K extends keyof C]
  ? RowOf<C>[K]
  : TupleOf<C, N>

/** What each group gives. Of one attribute a Map by its values; of several, pairs of their values and the number. */
type PerGroup<C extends Columns, N extends readonly AttributeName<C>[], V> = N extends readonly [unknown]
  ? Map<By<C, N>, V>
  : [by: By<C, N>, value: V][]

/**
 * Rows by what they have in common. It never changes: each method gives another one.
 *
 * @example
 * const perAge = await User.all().group('age').having('count', gte(2)).count()
 */
export class Grouped<C extends Columns, N extends readonly AttributeName<C>[]> {
  readonly #plan: Plan
  readonly #attributes: readonly Attribute[]

  constructor(plan: Plan, attributes: readonly Attribute[]) {
    this.#plan = plan
    this.#attributes = attributes
  }

  /** Only of rows that fulfil these conditions too. */
  where(where: Where<C>): Grouped<C, N> {
    const { definition, conditions, joins } = this.#plan
    return this.#with({ conditions: [...conditions, conditionOf(definition, where, joins)] })
  }

  /** Only groups of which a measure is this, or compares so, or that fulfil a condition written by hand. */
  having<S extends MeasureOf<C>>(
    measure: S,
    compared: NonNullable<Result<C, S>> | Operator<NonNullable<Result<C, S>>>,
  ): Grouped<C, N>
  having(condition: RawBuilder<unknown>): Grouped<C, N>
  having(...given: unknown[]): Grouped<C, N> {
    const { definition, having } = this.#plan
    return this.#with({ having: [...having, havingOf(definition, given)] })
  }

  /** Sorted by these attributes and expressions, after those that were given before. */
  orderBy(...by: OrderBy<C>[]): Grouped<C, N> {
    const { definition, order } = this.#plan
    return this.#with({ order: [...order, ...by.map((one) => orderingOf(definition, one))] })
  }

  /** At most so many groups. */
  limit(count: number): Grouped<C, N> {
    return this.#with({ limit: checkCount('limit', count) })
  }

  /** Without the first so many groups. */
  offset(count: number): Grouped<C, N> {
    return this.#with({ offset: checkCount('offset', count) })
  }

  /** How many rows each group has. */
  count(): Promise<PerGroup<C, N, number>> {
    return this.#measured(countOfRows)
  }

  /** The sum of an attribute in each group. */
  sum<K extends NumberName<C>>(name: K): Promise<PerGroup<C, N, Result<C, readonly ['sum', K]>>> {
    return this.#measured(this.#measure('sum', name))
  }

  /** The mean of an attribute in each group, as a float. */
  avg(name: NumberName<C>): Promise<PerGroup<C, N, number | null>> {
    return this.#measured(this.#measure('avg', name))
  }

  /** The least value of an attribute in each group. */
  min<K extends OrderedName<C>>(name: K): Promise<PerGroup<C, N, Result<C, readonly ['min', K]>>> {
    return this.#measured(this.#measure('min', name))
  }

  /** The greatest value of an attribute in each group. */
  max<K extends OrderedName<C>>(name: K): Promise<PerGroup<C, N, Result<C, readonly ['max', K]>>> {
    return this.#measured(this.#measure('max', name))
  }

  /** Several counts and sums of each group, as objects with the attributes that its rows have in common. */
  async measure<const S extends Readonly<Record<string, MeasureOf<C>>>>(
    measures: S,
  ): Promise<(Pick<RowOf<C>, N[number]> & Results<C, S>)[]> {
    const named = measuresOf(this.#plan.definition, measures)
    const taken = this.#attributes.find(({ name }) => named.has(name))
    if (taken) throw modelError('INVALID_QUERY', `groups have ${taken.name} by themselves: name the measure otherwise`)
    const groups = await this.#ask([...named.values()])
    const names = [...this.#attributes.map(({ name }) => name), ...named.keys()]
    return groups.map(({ by, measures: values }) => {
      const all = [...by, ...values]
      return Object.fromEntries(names.map((name, at) => [name, all[at]])) as never
    })
  }

  async #measured<T>(measure: Measure): Promise<T> {
    const groups = await this.#ask([measure])
    const pairs = groups.map(({ by, measures: [value] }) => [by.length === 1 ? by[0] : by, value] as const)
    return (this.#attributes.length === 1 ? new Map(pairs) : pairs) as T
  }

  #measure(name: string, attribute: string): Measure {
    return measureOf(this.#plan.definition, [name, attribute])
  }

  #ask(measures: readonly Measure[]): Promise<Counted[]> {
    return inSchema(this.#plan.definition, () => measureGroups(this.#plan, this.#attributes, measures))
  }

  #with(change: Partial<Plan>): Grouped<C, N> {
    return new Grouped({ ...this.#plan, ...change }, this.#attributes)
  }
}
