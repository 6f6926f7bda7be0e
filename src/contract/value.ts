/**
 * A value as it stands in a database row: INTEGER is a number when it is a safe integer and a bigint beyond,
 * REAL a number, TEXT a string, BLOB a Uint8Array, NULL is null.
 */
export type Value = null | number | bigint | string | Uint8Array

/** A row by column name. */
export type Row = Record<string, Value>

/** A row by column position. */
export type Tuple = Value[]

/** How rows are handed over: by name, or by position (which also keeps columns of the same name apart). */
export type RowMode = 'object' | 'array'

/** How a result is handed over: as rows in one of the row modes, or by columns, with no rows at all. */
export type ResultMode = RowMode | 'columns'

/** The values of one execution: in order, by name, or a lone value for a statement with one placeholder. */
export type Parameters = readonly Value[] | { readonly [name: string]: Value } | Value

/** One column of a result: PEP 249's seven items. The last five are null where the database does not tell. */
export interface Column {
  readonly name: string
  /** The declared type as the database names it, or null for an expression. */
  readonly typeCode: string | null
  readonly displaySize: number | null
  readonly internalSize: number | null
  readonly precision: number | null
  readonly scale: number | null
  readonly nullOk: boolean | null
}

/** The columns of a result, in order. */
export type Description = readonly Column[]

/** A column of which only the name, and perhaps the declared type, is known. */
export function describeColumn(name: string, typeCode: string | null): Column {
  return { name, typeCode, displaySize: null, internalSize: null, precision: null, scale: null, nullOk: null }
}
