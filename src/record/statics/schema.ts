import { definitionOf } from '../define.ts'
import { clearSchema, loadSchema } from '../schema/load.ts'

/** What a class has of its table. */
export interface SchemaStatics {
  /** The name of the table. */
  readonly tableName: string
  /** Reads the columns of the table, of a model that did not declare them; its first use does so by itself. */
  loadSchema(): Promise<void>
  /** Forgets the columns that were read of the table: they are read anew with the next use. */
  clearSchema(): void
}

export const schemaStatics = {
  loadSchema(this: object) {
    return loadSchema(definitionOf(this))
  },

  clearSchema(this: object) {
    clearSchema(definitionOf(this))
  },
}
