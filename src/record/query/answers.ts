import { NO_OPTIONS, ownOptions } from '../../contract/checks.ts'
import type { Columns } from '../columns/column.ts'
import { inSchema } from '../schema/load.ts'
import type { AttributeName, KeyOf, KeyValue, RowOf, TupleOf } from '../types.ts'
import { aggregateByName, measureBy } from './aggregate.ts'
import { batchesOf } from './batches.ts'
import { countRows, hasRows } from './count.ts'
import { explainPlan, type SqlText, sqlOf } from './explain.ts'
import { findByKey, findByKeys, getByKey } from './find.ts'
import { recordsOneByOne } from './iterate.ts'
import type { MeasureOf, NumberName, OrderedName, Results, ValueOrNull } from './measures.ts'
import { lastRecord, notFound, onlyRecord, recordAt } from './one.ts'
import { type Page, pageOf } from './page.ts'
import { checkCount, type Plan } from './plan.ts'
import { attributesOf, pluckKeys, pluckValues } from './pluck.ts'
import { selectRecords } from './select.ts'

/** Behind it stands what a query asks for. */
export const PLAN: unique symbol = Symbol('plan')

/** How many records a batch has: 1000 unless told. */
export interface BatchOptions {
  readonly size?: number
}

const BATCH_SIZE = 1000

/** What a query gives. Each call asks the database anew. */
export abstract class Answers<R, C extends Columns> implements PromiseLike<R[]> {
  readonly [PLAN]: Plan

  constructor(plan: Plan) {
    this[PLAN] = plan
  }

  /** All of them. The same as awaiting the query. */
  async all(): Promise<R[]> {
    return (await this.#ask(selectRecords)) as R[]
  }

  /** All of them, as `all()`. */
  list(): Promise<R[]> {
    return this.all()
  }

  /** The one with this key, or null. A key of several attributes is given as an array, in their order. */
  async find(key: KeyValue): Promise<R | null> {
    return (await this.#ask((plan) => findByKey(plan, key))) as R | null
  }

  /** Those with these keys, in the order of the keys, without those that are not there. */
  async findMany(keys: readonly KeyValue[]): Promise<R[]> {
    return (await this.#ask((plan) => findByKeys(plan, keys))) as R[]
  }

  /**
   * The one with this key.
   *
   * @throws {NotFoundError} none has it
   */
  async get(key: KeyValue): Promise<R> {
    return (await this.#ask((plan) => getByKey(plan, key))) as R
  }

  /** The first of them, or null. Without an order of its own it is sorted by key. */
  first(): Promise<R | null> {
    return this.at(0)
  }

  /** The last of them, or null: the first of the reversed order. */
  async last(): Promise<R | null> {
    return (await this.#ask(lastRecord)) as R | null
  }

  /** The one at this position, counted from 0, or null. Without an order of its own it is sorted by key. */
  async at(index: number): Promise<R | null> {
    return (await this.#ask((plan) => recordAt(plan, checkCount('at', index)))) as R | null
  }

  /**
   * The one that there is. Not more than two are read.
   *
   * @throws {NotFoundError} there is none, and no `fallback` was given
   * @throws {NotUniqueError} there are several
   */
  async getOne<F = never>(...fallback: [F?]): Promise<R | F> {
    const record = await this.#ask(onlyRecord)
    if (record) return record as R
    if (fallback.length > 0) return fallback[0] as F
    throw notFound(this[PLAN])
  }

  /** Whether there is any. */
  exists(): Promise<boolean> {
    return this.#ask(hasRows)
  }

  /** Whether there is none. */
  async isEmpty(): Promise<boolean> {
    return !(await this.#ask(hasRows))
  }

  /** How many there are; of those, with a name, how many have a value there that is not null. */
  async count(name?: AttributeName<C>): Promise<number> {
    const [attribute = null] = name === undefined ? [] : attributesOf(this[PLAN], [name])
    return await this.#ask((plan) => countRows(plan, attribute))
  }

  /** The sum of the values of an attribute, or null if there are none. */
  async sum<K extends NumberName<C>>(name: K): Promise<ValueOrNull<C, K>> {
    return (await this.#ask((plan) => measureBy(plan, 'sum', name))) as ValueOrNull<C, K>
  }

  /** The mean of the values of an attribute, as a float, or null if there are none. */
  async avg(name: NumberName<C>): Promise<number | null> {
    return (await this.#ask((plan) => measureBy(plan, 'avg', name))) as number | null
  }

  /** The least value of an attribute, or null if there are none. */
  async min<K extends OrderedName<C>>(name: K): Promise<ValueOrNull<C, K>> {
    return (await this.#ask((plan) => measureBy(plan, 'min', name))) as ValueOrNull<C, K>
  }

  /** The greatest value of an attribute, or null if there are none. */
  async max<K extends OrderedName<C>>(name: K): Promise<ValueOrNull<C, K>> {
    return (await this.#ask((plan) => measureBy(plan, 'max', name))) as ValueOrNull<C, K>
  }

  /**
   * Several counts and sums in one question.
   *
   * @example
   * const { people, oldest } = await User.all().measure({ people: 'count', oldest: ['max', 'age'] })
   */
  async measure<const S extends Readonly<Record<string, MeasureOf<C>>>>(measures: S): Promise<Results<C, S>> {
    return (await this.#ask((plan) => aggregateByName(plan, measures))) as Results<C, S>
  }

  /** The values of one attribute, without the records; of several, a tuple for each record. */
  async pluck<K extends AttributeName<C>>(name: K): Promise<RowOf<C>[K][]>
  async pluck<const N extends readonly AttributeName<C>[]>(...names: N): Promise<TupleOf<C, N>[]>
  async pluck(...names: string[]): Promise<unknown[]> {
    return await this.#ask((plan) => pluckValues(plan, names))
  }

  /** Their keys. */
  async ids(): Promise<KeyOf<C>[]> {
    return (await this.#ask(pluckKeys)) as KeyOf<C>[]
  }

  /** One page of them, the first being number 1, with how many there are in all. */
  async page(number: number, size: number): Promise<Page<R>> {
    return (await this.#ask((plan) =>
      pageOf(plan, checkCount('page', number, 1), checkCount('size', size, 1)),
    )) as Page<never>
  }

  /**
   * All of them, some at a time, sorted by key. Between two batches nothing is held, and what was read may be changed or
   * deleted: each batch is what there is then after the last key of the one before.
   */
  inBatches(options: BatchOptions = NO_OPTIONS): AsyncGenerator<R[], void, undefined> {
    const { size = BATCH_SIZE } = ownOptions(options, ['size'], 'inBatches')
    return batchesOf(this[PLAN], checkCount('size', size, 1)) as AsyncGenerator<never>
  }

  /** One after the other, from one statement, without ever holding all of them. Leaving early frees the connection. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    return recordsOneByOne(this[PLAN]) as AsyncGenerator<never>
  }

  /** The statement that it is read by, and its values: for people and logs. */
  toSql(): SqlText {
    return sqlOf(this[PLAN])
  }

  /** How the database would go about it, in its own words. */
  explain(): Promise<string> {
    return this.#ask(explainPlan)
  }

  #ask<T>(question: (plan: Plan) => Promise<T>): Promise<T> {
    const plan = this[PLAN]
    return inSchema(plan.definition, () => question(plan))
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query runs it
  then<A = R[], B = never>(
    onFulfilled?: ((records: R[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.all().then(onFulfilled, onRejected)
  }
}
