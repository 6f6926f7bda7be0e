import type { ReferenceAction } from '../columns/reference.ts'
import type { Limits, Storage } from '../columns/type.ts'

/** A table as the database has it. */
export interface TableDescription {
  readonly name: string
  readonly columns: readonly TableColumn[]
  /** The names of the columns by which a row is known, in the key's order. */
  readonly primaryKey: readonly string[]
  readonly indexes: readonly TableIndex[]
  readonly foreignKeys: readonly TableForeignKey[]
}

export interface TableColumn {
  readonly name: string
  /** The type as the database names it: `VARCHAR(80)`. */
  readonly type: string
  /** What offloop takes it for; null for a type that says nothing. */
  readonly storage: Storage | null
  readonly limits: Limits
  readonly nullable: boolean
  readonly default: ColumnDefault | null
  /** Its place in the key, from 1; 0 if it is no part of it. */
  readonly keyPosition: number
  /** The database works out its values from other columns. */
  readonly generated: boolean
}

/** What a column has where nothing was given: a value, or what SQL makes of an expression. */
export type ColumnDefault =
  | { readonly value: string | number | bigint | boolean | Uint8Array }
  | { readonly expression: string }

export interface TableIndex {
  readonly name: string
  /** The columns; null where an expression is indexed. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  /** It belongs to a UNIQUE of the table, and is not created by itself. */
  readonly implied: boolean
}

export interface TableForeignKey {
  readonly columns: readonly string[]
  readonly table: string
  /** The columns there; empty where its key is meant. */
  readonly references: readonly string[]
  readonly onDelete: ReferenceAction
  readonly onUpdate: ReferenceAction
}
