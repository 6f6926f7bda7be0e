import { checkBoolean } from '../../contract/checks.ts'
import type { Columns } from '../columns/column.ts'
import { deleteRows } from '../persist/delete-all.ts'
import { tracked } from '../persist/tracked.ts'
import { updateRows } from '../persist/update-all.ts'
import type { IncludeTree, Loaded, RelationName } from '../relations/types.ts'
import { inSchema } from '../schema/load.ts'
import type {
  AttributeName,
  ColumnsOf,
  NewValues,
  OnJoined,
  OrderBy,
  RowOf,
  Selected,
  TargetOf,
  Where,
} from '../types.ts'
import { Answers, PLAN } from './answers.ts'
import { Negated } from './condition.ts'
import { Grouped } from './grouped.ts'
import { addIncludes } from './includes.ts'
import { joinOf } from './joins.ts'
import { either, merged, withJoin } from './merge.ts'
import { type Operator, ValuesOf, type Widened } from './operators.ts'
import { orderingOf, reversed } from './order.ts'
import { checkCount, type Plan, slice } from './plan.ts'
import { attributesOf } from './pluck.ts'
import { relatedTo } from './related-to.ts'
import { conditionOf } from './where.ts'

/**
 * A question for records that is asked when it is awaited, and anew each time. It never changes: each method gives
 * another one. `R` is what it gives, `C` the columns of the model, `J` what conditions on joined relations there may be, `S`
 * the scopes of the model.
 *
 * @example
 * const adults = await User.where({ age: gte(18) }).orderBy('-age').limit(10)
 */
export class Query<R, C extends Columns, J = unknown, S = unknown> extends Answers<R, C> {
  /** Only what fulfils these conditions too. */
  where(where: Where<C, J>): this {
    const { definition, conditions, joins } = this[PLAN]
    return this.#with({ conditions: [...conditions, conditionOf(definition, where, joins)] })
  }

  /** Only what does not fulfil these conditions. A comparison with null is not fulfilled. */
  whereNot(where: Where<C, J>): this {
    const { definition, conditions, joins } = this[PLAN]
    return this.#with({ conditions: [...conditions, new Negated(conditionOf(definition, where, joins))] })
  }

  /**
   * Only those to which such a record is related: any at all, one that fulfils the conditions, or this very record. Gives
   * each of them once, however many there are.
   */
  whereHas<K extends RelationName<R>>(name: K, related?: Where<ColumnsOf<TargetOf<R[K]>>> | TargetOf<R[K]>): this {
    const { definition, conditions } = this[PLAN]
    return this.#with({ conditions: [...conditions, relatedTo(definition, name, related)] })
  }

  /** Only those to which no such record is related. */
  whereHasNo<K extends RelationName<R>>(name: K, related?: Where<ColumnsOf<TargetOf<R[K]>>> | TargetOf<R[K]>): this {
    const { definition, conditions } = this[PLAN]
    return this.#with({ conditions: [...conditions, new Negated(relatedTo(definition, name, related))] })
  }

  /** What fulfils the conditions so far, or these: those of another query of the model. */
  or(other: Where<C, J> | Query<R, C, J>): this {
    if (other instanceof Query) return this.#of(either(this[PLAN], other[PLAN]))
    const { definition, joins } = this[PLAN]
    const conditions = [conditionOf(definition, other, joins)]
    return this.#of(
      either(this[PLAN], { ...this[PLAN], nothing: false, limit: null, offset: 0, group: [], conditions }),
    )
  }

  /** What both queries ask for. Where only one can hold, order, limit and offset, that is the other one. */
  merge(other: Query<R, C, J>): this {
    return this.#of(merged(this[PLAN], other[PLAN]))
  }

  /** Sorted by these attributes and expressions, after those that were given before. */
  orderBy(...by: OrderBy<C>[]): this {
    const { definition, order } = this[PLAN]
    return this.#with({ order: [...order, ...by.map((one) => orderingOf(definition, one))] })
  }

  /** Sorted by these instead of what was given before; by nothing at all if there are none. */
  reorder(...by: OrderBy<C>[]): this {
    return this.#with({ order: [] }).orderBy(...by)
  }

  /** The other way round. What has no order of its own is sorted by key, the highest first. */
  reverse(): this {
    return this.#of(reversed(this[PLAN]))
  }

  /** At most so many. */
  limit(count: number): this {
    return this.#with({ limit: checkCount('limit', count) })
  }

  /** Without the first so many. */
  offset(count: number): this {
    return this.#with({ offset: checkCount('offset', count) })
  }

  /** Those from position `start` to before `end`, or to the last, of what the query means so far. */
  slice(start: number, end?: number): this {
    const until = end === undefined ? null : checkCount('the end of a slice', end)
    return this.#of(slice(this[PLAN], checkCount('the start of a slice', start), until))
  }

  /** None at all; nobody is asked. */
  none(): this {
    return this.#with({ nothing: true })
  }

  /** Each one once, told apart by what is selected. */
  distinct(distinct = true): this {
    return this.#with({ distinct: checkBoolean('distinct', distinct) })
  }

  /** With these attributes only: to read another one of such a record throws a `LeftOutError`. */
  select<K extends AttributeName<C>>(...names: K[]): Scoped<Selected<R, C, K>, C, J, S> {
    return this.#of({ ...this[PLAN], selected: attributesOf(this[PLAN], names) })
  }

  /** The values of one attribute as something to compare with: `{ userId: User.where(...).valuesOf('id') }`. */
  valuesOf<K extends AttributeName<C>>(name: K): Operator<Widened<NonNullable<RowOf<C>[K]>>> {
    return new ValuesOf({ ...this[PLAN], selected: attributesOf(this[PLAN], [name]), forUpdate: false })
  }

  /** By groups of rows that have the values of these attributes in common. */
  group<const N extends readonly AttributeName<C>[]>(...names: N): Grouped<C, N> {
    const group = attributesOf(this[PLAN], names)
    return new Grouped({ ...this[PLAN], group, selected: null }, group)
  }

  /** Only those to which records of these relations are related, once for each. Conditions may then name the relation. */
  joins<K extends RelationName<R>>(...names: K[]): Scoped<R, C, J & OnJoined<R, K>, S> {
    return this.#joined('inner', names)
  }

  /** With records of these relations, once for each, and once where there are none. */
  leftJoins<K extends RelationName<R>>(...names: K[]): Scoped<R, C, J & OnJoined<R, K>, S> {
    return this.#joined('left', names)
  }

  /** Together with these relations, each of which one more query loads. */
  include<const I extends readonly (RelationName<R> | IncludeTree<R>)[]>(
    ...relations: I
  ): Scoped<Loaded<R, I[number]>, C, J, S> {
    const { definition, includes } = this[PLAN]
    return this.#of({ ...this[PLAN], includes: addIncludes(definition, includes, relations) })
  }

  /** The records load no relation by themselves: what was not included is refused when it is read. */
  strictLoading(): this {
    return this.#with({ strict: true })
  }

  /**
   * Keeps others from changing what is read, until the transaction has ended. In SQLite a transaction that writes has
   * the database for itself, and nothing is added.
   */
  forUpdate(): this {
    return this.#with({ forUpdate: true })
  }

  #joined<K extends RelationName<R>>(kind: 'inner' | 'left', names: K[]): Scoped<R, C, J & OnJoined<R, K>, S> {
    const { definition, joins } = this[PLAN]
    const all = names.map((name) => joinOf(definition, kind, name)).reduce(withJoin, joins)
    return this.#of({ ...this[PLAN], joins: all })
  }

  /** Deletes all of them in one statement, without records and their callbacks. Gives how many there were. */
  deleteAll(): Promise<number> {
    return this.#change(deleteRows)
  }

  /**
   * Writes values into all of them in one statement, without records, their validations and their callbacks. Gives how
   * many there were.
   *
   * @example
   * await User.where({ age: gte(18) }).updateAll({ role: 'adult', visits: sql`visits + 1` })
   */
  updateAll(values: NewValues<C>): Promise<number> {
    return this.#change((plan) => updateRows(plan, values))
  }

  #change(work: (plan: Plan) => Promise<number>): Promise<number> {
    const { definition } = this[PLAN]
    return tracked(definition, () => inSchema(definition, () => work(this[PLAN])))
  }

  #with(change: Partial<Plan>): this {
    return this.#of({ ...this[PLAN], ...change })
  }

  // The same class: it has the scopes of the model.
  #of<Q>(plan: Plan): Q {
    return new (this.constructor as typeof Query)(plan) as Q
  }
}

/** A query that has the scopes of its model. */
export type Scoped<R, C extends Columns, J, S> = Query<R, C, J, S> & S
