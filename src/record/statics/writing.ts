import { NO_OPTIONS } from '../../contract/checks.ts'
import type { ManyOptions } from '../../pool/calls.ts'
import type { RecordBase } from '../base/index.ts'
import type { Columns } from '../columns/column.ts'
import type { Definition, Stateful } from '../contract.ts'
import { definitionOf } from '../define.ts'
import { findOrCreate } from '../persist/find-or-create.ts'
import { insertion } from '../persist/insertion.ts'
import { type GivenRows, writeRows } from '../persist/many.ts'
import type { SaveOptions } from '../persist/save-options.ts'
import { tracked } from '../persist/tracked.ts'
import { type UpsertManyOptions, type UpsertOptions, upsertRow, upsertRows } from '../persist/upsert.ts'
import { getByKey } from '../query/find.ts'
import type { Query } from '../query/query.ts'
import { scopedTable } from '../query/scopes.ts'
import { inSchema, loadSchema } from '../schema/load.ts'
import type { AttributeName, InsertOf, KeyValue, NewValues, RowOf } from '../types.ts'
import type { AnyModel } from './types.ts'

/** Rows to be written without records: an array, or what gives them one by one. */
export type RowsOf<C extends Columns> = Iterable<InsertOf<C>> | AsyncIterable<InsertOf<C>>

/** How records are made and rows changed. */
export interface WritingStatics<C extends Columns> {
  /** Makes a record and saves it; of several, all are saved or none. @throws {ValidationError} one is not valid */
  create<M extends AnyModel>(this: M, attributes: InsertOf<C>, options?: SaveOptions): Promise<InstanceType<M>>
  create<M extends AnyModel>(
    this: M,
    attributes: readonly InsertOf<C>[],
    options?: SaveOptions,
  ): Promise<InstanceType<M>[]>
  // Once more: of the last one the compiler speaks when none fits.
  create<M extends AnyModel>(this: M, attributes: InsertOf<C>, options?: SaveOptions): Promise<InstanceType<M>>

  /**
   * The first record with the values of `by`, or a new one with them and with `others`; `wasCreated` tells which. Of
   * several that do so at once one creates it and all get it, where a unique index keeps a second one out. Inside a
   * transaction it is a savepoint.
   */
  findOrCreate<M extends AnyModel, B extends Partial<RowOf<C>>>(
    this: M,
    by: B,
    ...others: OthersOf<C, B>
  ): Promise<InstanceType<M>>

  /** The same as {@link findOrCreate}. */
  findOrCreateBy<M extends AnyModel, B extends Partial<RowOf<C>>>(
    this: M,
    by: B,
    ...others: OthersOf<C, B>
  ): Promise<InstanceType<M>>

  /** Inserts a row, or updates the one that is there: in one statement, without validations and callbacks. */
  upsert<M extends AnyModel>(
    this: M,
    attributes: InsertOf<C>,
    options?: UpsertOptions<AttributeName<C>>,
  ): Promise<InstanceType<M>>

  /** {@link upsert} of many rows, all or none. Gives how many were inserted or changed. */
  upsertMany(rows: RowsOf<C>, options?: UpsertManyOptions<AttributeName<C>>): Promise<number>

  /**
   * Inserts rows, all or none and as fast as the database takes them, without validations and callbacks. What a row does
   * not give is filled in by the model's and the database's defaults. Gives how many there were; none send nothing.
   * `onProgress` is told how many the database has taken so far, and awaited; what it throws undoes them all.
   *
   * @throws {SqlError} the database, or a row that does not fit: its `index` says which
   */
  insertMany(rows: RowsOf<C>, options?: ManyOptions): Promise<number>

  /** Deletes the record with this key, and gives it. @throws {NotFoundError} there is none */
  delete<M extends AnyModel>(this: M, key: KeyValue): Promise<InstanceType<M>>

  /** Deletes all rows in one statement, without records and their callbacks. Gives how many there were. */
  deleteAll(): Promise<number>

  /** Writes values into all rows in one statement, without records and their callbacks. Gives how many there were. */
  updateAll(values: NewValues<C>): Promise<number>
}

/** What `findOrCreate` must be given besides, so that a record can be made. */
type OthersOf<C extends Columns, B> =
  Omit<InsertOf<C>, keyof B> extends infer Rest
    ? Partial<Rest> extends Rest
      ? [others?: Partial<InsertOf<C>>]
      : [others: Rest & Partial<InsertOf<C>>]
    : never

type Maker = new (attributes: object) => RecordBase

export const writingStatics = {
  create(this: Maker, attributes: object | readonly object[], options: SaveOptions = NO_OPTIONS) {
    if (!Array.isArray(attributes)) return createOne(this, attributes, options)
    return trackedBy(this, async () => {
      const records = attributes.map((each) => new this(each))
      if (records.length > 0) await definitionOf(this).database.transaction(() => saveAll(records, options))
      return records
    })
  },

  findOrCreate(this: Maker, by: object, others: object = {}) {
    const create = async () => (await new this({ ...others, ...by }).save()) as Stateful
    return trackedBy(this, async (definition) => {
      await loadSchema(definition)
      return await findOrCreate(definition, by, create)
    })
  },

  findOrCreateBy(this: { findOrCreate(by: object, others?: object): unknown }, by: object, others?: object) {
    return this.findOrCreate(by, others)
  },

  upsert(this: object, attributes: object, options: UpsertOptions = NO_OPTIONS) {
    return trackedBy(this, (definition) => inSchema(definition, () => upsertRow(definition, attributes, options)))
  },

  upsertMany(this: object, rows: GivenRows, options: UpsertManyOptions = NO_OPTIONS) {
    return trackedBy(this, async (definition) => {
      await loadSchema(definition)
      return await upsertRows(definition, rows, options)
    })
  },

  insertMany(this: object, rows: GivenRows, options: ManyOptions = NO_OPTIONS) {
    return trackedBy(this, async (definition) => {
      await loadSchema(definition)
      return await writeRows(definition, rows, (row) => insertion(definition, row), options)
    })
  },

  delete(this: object, key: unknown) {
    return trackedBy(this, async (definition) => {
      await loadSchema(definition)
      const record = await getByKey(scopedTable(this), key)
      return await (record as RecordBase).delete()
    })
  },

  deleteAll(this: { all(): Query<never, Columns> }) {
    return this.all().deleteAll()
  },

  updateAll(this: { all(): Query<never, Columns> }, values: never) {
    return this.all().updateAll(values)
  },
}

// The promise of save() itself: each one more would cost.
function createOne(model: Maker, attributes: object, options: SaveOptions): Promise<RecordBase> {
  try {
    return new model(attributes).save(options)
  } catch (error) {
    return Promise.reject(error)
  }
}

// Its promise is the one that knows whether it is awaited: no async function may stand around it.
function trackedBy<T>(model: object, work: (definition: Definition) => Promise<T>): Promise<T> {
  const definition = definitionOf(model)
  return tracked(definition, () => work(definition))
}

async function saveAll(records: readonly RecordBase[], options: SaveOptions): Promise<void> {
  for (const record of records) await record.save(options)
}
