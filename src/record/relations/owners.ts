import type { Slot } from '../contract.ts'
import type { Condition } from '../query/condition.ts'

/** Owners of related records: by what the database has for them, or as the rows of a table that fulfil conditions. */
export type Owners =
  | { readonly values: readonly Slot[] }
  | { readonly table: string; readonly conditions: readonly Condition[] }
