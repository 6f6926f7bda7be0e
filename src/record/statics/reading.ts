import { describe, invalidOption } from '../../contract/checks.ts'
import type { Columns } from '../columns/column.ts'
import { definitionOf } from '../define.ts'
import { type BatchOptions, PLAN } from '../query/answers.ts'
import { findOne, getOne } from '../query/find-one.ts'
import { type FindOptions, withOptions } from '../query/find-options.ts'
import type { Grouped } from '../query/grouped.ts'
import type { MeasureOf, NumberName, OrderedName, Results, ValueOrNull } from '../query/measures.ts'
import { queryOf } from '../query/model-query.ts'
import type { Page } from '../query/page.ts'
import { wholeTable } from '../query/plan.ts'
import type { Query, Scoped } from '../query/query.ts'
import { addDefaultScope, scopedTable } from '../query/scopes.ts'
import type { ScopesOf } from '../query/scopes-of.ts'
import type { IncludeTree, Loaded, RelationName } from '../relations/types.ts'
import type {
  AttributeName,
  ByAttribute,
  ColumnsOf,
  KeyOf,
  KeyValue,
  OnJoined,
  OrderBy,
  RowOf,
  Selected,
  TargetOf,
  TupleOf,
  Where,
} from '../types.ts'
import type { AnyModel } from './types.ts'

type One<M extends AnyModel> = InstanceType<M>

/** A query of a class, with its scopes. */
type ModelQuery<M extends AnyModel, C extends Columns, J = unknown, R = One<M>> = Scoped<R, C, J, ScopesOf<M>>

/** How records are found. Each of these is a method of a query of all records: see there. */
export interface ReadingStatics<C extends Columns> {
  /** All records, as a query. */
  query<M extends AnyModel>(this: M): ModelQuery<M, C>
  all<M extends AnyModel>(this: M): ModelQuery<M, C>
  list<M extends AnyModel>(this: M): Promise<One<M>[]>

  /** All records, even those that the default scope leaves out. */
  unscoped<M extends AnyModel>(this: M): ModelQuery<M, C>

  /** From now on all queries of the model, and of those that inherit from it, mean only what this leaves. */
  defaultScope<M extends AnyModel>(this: M, scope: (query: ModelQuery<M, C>) => Query<One<M>, C>): void

  /** All records, as a query. */
  find<M extends AnyModel>(this: M): ModelQuery<M, C>
  /** The record with this key, or null; with `where`, only if it fulfils that too. */
  find<M extends AnyModel>(
    this: M,
    key: KeyValue,
    options?: Pick<FindOptions<C>, 'where' | 'include'>,
  ): Promise<One<M> | null>
  /** The first record that fulfils the options, or null. */
  find<M extends AnyModel>(
    this: M,
    options: FindOptions<C> & { readonly limit: 1; readonly offset?: never },
  ): Promise<One<M> | null>
  /** The records that fulfil the options. */
  find<M extends AnyModel>(this: M, options: FindOptions<C>): ModelQuery<M, C>

  findMany<M extends AnyModel>(this: M, keys: readonly KeyValue[]): Promise<One<M>[]>

  /** The records that have these values; all of them without any. Takes attributes and nothing else. */
  findBy<M extends AnyModel>(this: M, values?: ByAttribute<C>): ModelQuery<M, C>

  get<M extends AnyModel>(this: M, key: KeyValue): Promise<One<M>>

  /**
   * The one record that has these values. Takes attributes and nothing else.
   *
   * @throws {NotFoundError} there is none
   * @throws {NotUniqueError} there are several
   */
  getBy<M extends AnyModel>(this: M, values: ByAttribute<C>): Promise<One<M>>

  where<M extends AnyModel>(this: M, where: Where<C>): ModelQuery<M, C>
  whereNot<M extends AnyModel>(this: M, where: Where<C>): ModelQuery<M, C>
  whereHas<M extends AnyModel, K extends RelationName<One<M>>>(
    this: M,
    name: K,
    related?: Where<ColumnsOf<TargetOf<One<M>[K]>>> | TargetOf<One<M>[K]>,
  ): ModelQuery<M, C>
  whereHasNo<M extends AnyModel, K extends RelationName<One<M>>>(
    this: M,
    name: K,
    related?: Where<ColumnsOf<TargetOf<One<M>[K]>>> | TargetOf<One<M>[K]>,
  ): ModelQuery<M, C>
  orderBy<M extends AnyModel>(this: M, ...by: OrderBy<C>[]): ModelQuery<M, C>
  reverse<M extends AnyModel>(this: M): ModelQuery<M, C>
  limit<M extends AnyModel>(this: M, count: number): ModelQuery<M, C>
  offset<M extends AnyModel>(this: M, count: number): ModelQuery<M, C>
  slice<M extends AnyModel>(this: M, start: number, end?: number): ModelQuery<M, C>
  none<M extends AnyModel>(this: M): ModelQuery<M, C>
  distinct<M extends AnyModel>(this: M): ModelQuery<M, C>
  forUpdate<M extends AnyModel>(this: M): ModelQuery<M, C>
  select<M extends AnyModel, K extends AttributeName<C>>(
    this: M,
    ...names: K[]
  ): ModelQuery<M, C, unknown, Selected<One<M>, C, K>>
  group<const N extends readonly AttributeName<C>[]>(...names: N): Grouped<C, N>
  joins<M extends AnyModel, K extends RelationName<One<M>>>(
    this: M,
    ...names: K[]
  ): ModelQuery<M, C, OnJoined<One<M>, K>>
  leftJoins<M extends AnyModel, K extends RelationName<One<M>>>(
    this: M,
    ...names: K[]
  ): ModelQuery<M, C, OnJoined<One<M>, K>>
  include<M extends AnyModel, const I extends readonly (RelationName<One<M>> | IncludeTree<One<M>>)[]>(
    this: M,
    ...relations: I
  ): ModelQuery<M, C, unknown, Loaded<One<M>, I[number]>>

  first<M extends AnyModel>(this: M): Promise<One<M> | null>
  last<M extends AnyModel>(this: M): Promise<One<M> | null>
  at<M extends AnyModel>(this: M, index: number): Promise<One<M> | null>
  getOne<M extends AnyModel, F = never>(this: M, ...fallback: [F?]): Promise<One<M> | F>

  /** Whether there is any record, or any that fulfils these conditions. */
  exists(where?: Where<C>): Promise<boolean>
  isEmpty(): Promise<boolean>
  /** How many records there are; how many that fulfil these conditions; or how many have a value there. */
  count(what?: AttributeName<C> | Where<C>): Promise<number>
  sum<K extends NumberName<C>>(name: K): Promise<ValueOrNull<C, K>>
  avg(name: NumberName<C>): Promise<number | null>
  min<K extends OrderedName<C>>(name: K): Promise<ValueOrNull<C, K>>
  max<K extends OrderedName<C>>(name: K): Promise<ValueOrNull<C, K>>
  measure<const S extends Readonly<Record<string, MeasureOf<C>>>>(measures: S): Promise<Results<C, S>>
  pluck<K extends AttributeName<C>>(name: K): Promise<RowOf<C>[K][]>
  pluck<const N extends readonly AttributeName<C>[]>(...names: N): Promise<TupleOf<C, N>[]>
  ids(): Promise<KeyOf<C>[]>
  page<M extends AnyModel>(this: M, number: number, size: number): Promise<Page<One<M>>>
  inBatches<M extends AnyModel>(this: M, options?: BatchOptions): AsyncGenerator<One<M>[], void, undefined>
}

const own = {
  query(this: object) {
    return queryFrom(this)
  },

  unscoped(this: object) {
    return queryOf(wholeTable(definitionOf(this)))
  },

  defaultScope(this: object, scope: (query: AnyQuery) => AnyQuery) {
    if (typeof scope !== 'function') {
      throw invalidOption(TypeError, `a default scope is a function of a query, not ${describe(scope)}`)
    }
    addDefaultScope(this, (plan) => scope(queryOf(plan))[PLAN])
  },

  all(this: object) {
    return queryFrom(this)
  },

  find(this: object, ...given: unknown[]) {
    const [first, options] = given
    if (given.length === 1 && !isOptions(first)) return findOne(this, first)
    const query = queryFrom(this)
    if (given.length === 0) return query
    if (!isOptions(first)) return findWith(query, first, options)
    const { plan, one } = withOptions(query[PLAN], first)
    const found = queryOf(plan)
    return one ? found.first() : found
  },

  get(this: object, key: unknown) {
    return getOne(this, key)
  },

  findBy(this: object, values: object = {}) {
    return queryFrom(this).where(onlyValues(values))
  },

  async getBy(this: object, values: object) {
    return await queryFrom(this).where(onlyValues(values)).getOne()
  },

  exists(this: object, where?: never) {
    return (where === undefined ? queryFrom(this) : queryFrom(this).where(where)).exists()
  },

  count(this: object, what?: never) {
    return typeof what === 'string' || what === undefined
      ? queryFrom(this).count(what)
      : queryFrom(this).where(what).count()
  },
}

type AnyQuery = Query<never, Columns>

async function findWith(query: AnyQuery, key: unknown, options: unknown): Promise<unknown> {
  const known = ['where', 'include']
  const plan = options === undefined ? query[PLAN] : withOptions(query[PLAN], options as object, known).plan
  return await queryOf(plan).find(key as KeyValue)
}

function isOptions(given: unknown): given is FindOptions<Columns> {
  if (typeof given !== 'object' || given === null) return false
  const prototype = Object.getPrototypeOf(given)
  return prototype === null || prototype === Object.prototype
}

/** Values by attribute, as they may come from outside: no SQL, no groups. */
function onlyValues(values: unknown): never {
  const prototype = typeof values === 'object' && values !== null ? Object.getPrototypeOf(values) : undefined
  if (prototype === Object.prototype || prototype === null) return values as never
  throw invalidOption(TypeError, `findBy and getBy take values by attribute, not ${describe(values)}`)
}

/** Which methods of a query a class has as they are. */
const SAME = [
  'list',
  'findMany',
  'where',
  'whereNot',
  'whereHas',
  'whereHasNo',
  'orderBy',
  'reverse',
  'limit',
  'offset',
  'slice',
  'none',
  'distinct',
  'forUpdate',
  'select',
  'group',
  'joins',
  'leftJoins',
  'include',
  'first',
  'last',
  'at',
  'getOne',
  'isEmpty',
  'sum',
  'avg',
  'min',
  'max',
  'measure',
  'pluck',
  'ids',
  'page',
  'inBatches',
] as const satisfies readonly (keyof Query<never, Columns> & keyof ReadingStatics<Columns>)[]

export const readingStatics = { ...own, ...Object.fromEntries(SAME.map((name) => [name, forwarded(name)])) }

function forwarded(name: (typeof SAME)[number]) {
  return function (this: object, ...given: unknown[]) {
    const query = queryFrom(this)
    return Reflect.apply(query[name], query, given)
  }
}

function queryFrom(model: object): AnyQuery {
  return queryOf(scopedTable(model))
}
