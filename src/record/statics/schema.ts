import type { Columns } from '../columns/column.ts'
import { definitionOf } from '../define.ts'
import { clearTable } from '../schema/clear.ts'
import { type CreateTableOptions, createTable, createTableSql } from '../schema/create.ts'
import { type DropTableOptions, dropTable } from '../schema/drop.ts'
import { tableExists } from '../schema/exists.ts'
import { declareIndex, type IndexOptions } from '../schema/indexes.ts'
import { clearSchema, loadSchema } from '../schema/load.ts'
import type { AttributeName } from '../types.ts'

/** What a class has of its table. */
export interface SchemaStatics<C extends Columns> {
  /** The name of the table: that which `Model` was given, else the plural of the class's name. */
  readonly tableName: string

  /**
   * Declares an index on several attributes, to be created with the table.
   *
   * @example
   * class User extends Model('users', { first: column.text(), last: column.text() }) {
   *   static { this.index(['last', 'first'], { unique: true }) }
   * }
   */
  index(attributes: readonly AttributeName<C>[], options?: IndexOptions): void

  /**
   * Creates the table with its indexes and tables of links, all or nothing where the database allows it. Gives the SQL of
   * the constraints that `constraints: false` left out.
   *
   * @throws {ProgrammingError} the table is there already, unless told `ifNotExists`
   */
  createTable(options?: CreateTableOptions): Promise<readonly string[]>

  /** What `createTable` would run. */
  createTableSql(options?: CreateTableOptions): readonly string[]

  /** Drops the table and its tables of links. */
  dropTable(options?: DropTableOptions): Promise<void>

  /** Deletes all rows of the table and of its tables of links. No callback is run. */
  clearTable(): Promise<void>

  /** Whether the table is in the database. */
  tableExists(): Promise<boolean>

  /** Reads the columns of the table, of a model that did not declare them; its first use does so by itself. */
  loadSchema(): Promise<void>

  /** Forgets the columns that were read of the table: they are read anew with the next use. */
  clearSchema(): void
}

export const schemaStatics = {
  index(this: object, attributes: readonly string[], options?: IndexOptions) {
    declareIndex(this, attributes, options)
  },

  async createTable(this: object, options?: CreateTableOptions) {
    return await createTable(definitionOf(this), options)
  },

  createTableSql(this: object, options?: CreateTableOptions) {
    return createTableSql(definitionOf(this), options)
  },

  async dropTable(this: object, options?: DropTableOptions) {
    await dropTable(definitionOf(this), options)
  },

  async clearTable(this: object) {
    await clearTable(definitionOf(this))
  },

  async tableExists(this: object) {
    return await tableExists(definitionOf(this))
  },

  async loadSchema(this: object) {
    await loadSchema(definitionOf(this))
  },

  clearSchema(this: object) {
    clearSchema(definitionOf(this))
  },
}
