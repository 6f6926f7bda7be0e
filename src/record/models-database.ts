import type { Definition } from './contract.ts'
import { Database } from './database.ts'
import { checkModel, definitionOf } from './define.ts'
import { modelError } from './errors.ts'
import {
  type CreateTablesOptions,
  createTables,
  createTablesSql,
  type DropTablesOptions,
  dropTables,
} from './schema/all-tables.ts'
import { describeTable, tableNames } from './schema/describe.ts'
import type { TableDescription } from './schema/description.ts'

/** A database and the models that were connected to it together. */
export class ModelsDatabase extends Database {
  readonly #models = new Map<string, Definition>()

  /** Makes models known by the names of their classes. Throws for two of one name, and for a class that cannot be a model. */
  add(models: readonly object[]): void {
    for (const model of models) {
      const definition = definitionOf(model)
      const known = this.#models.get(definition.name)
      if (known && known !== definition) {
        throw modelError(
          'INVALID_MODEL',
          `two models of one database are called ${definition.name}: rename one of them`,
        )
      }
      checkModel(definition)
      this.#models.set(definition.name, definition)
    }
  }

  /**
   * Creates the tables of all its models that declare their columns, with their indexes and tables of links: each after
   * those that it refers to, in one transaction where the database allows it.
   */
  createTables(options?: CreateTablesOptions): Promise<void> {
    return createTables(this, [...this.#models.values()], options)
  }

  /** What `createTables` would run, in this order. */
  createTablesSql(options?: CreateTablesOptions): readonly string[] {
    return createTablesSql(this, [...this.#models.values()], options)
  }

  /** Drops the tables of all its models that declare their columns. */
  dropTables(options?: DropTablesOptions): Promise<void> {
    return dropTables(this, [...this.#models.values()], options)
  }

  /** A table as the database has it: columns, key, indexes and foreign keys; null if there is none of this name. */
  describeTable(name: string): Promise<TableDescription | null> {
    return describeTable(this, name)
  }

  /** The names of all tables, sorted. */
  tableNames(): Promise<readonly string[]> {
    return tableNames(this)
  }
}
