import { type Description, describeColumn } from '../../contract/index.ts'
import type { NativeColumn, NativeStatement } from './native.ts'
import type { Scan } from './scan.ts'
import type { Several } from './several.ts'

/** A prepared statement and what is known of it. */
export class Prepared {
  readonly sql: string
  readonly scan: Scan
  native: NativeStatement
  /** Which state of the schema `native` and `description` were made from. */
  generation: number
  /** The columns, null when the statement gives no rows. The same object as long as they are the same. */
  description: Description | null
  /** The same for several rows at once; null where there is no such, undefined while nobody asked. */
  several: Several | null | undefined = undefined
  /** Rows of it are being fetched; running it again would end that. */
  reading = false

  constructor(sql: string, scan: Scan, native: NativeStatement, generation: number) {
    this.sql = sql
    this.scan = scan
    this.native = native
    this.generation = generation
    this.description = describe(native, null)
  }

  /** INSERT, REPLACE, UPDATE or DELETE, also behind WITH. */
  get changesRows(): boolean {
    return this.scan.shape.changesRows === true
  }

  get inserts(): boolean {
    return this.scan.verb === 'INSERT' || this.scan.verb === 'REPLACE'
  }

  /** Its rows may be fetched bit by bit. All else must have run to its end before anything else happens. */
  get readsOnly(): boolean {
    return this.scan.shape.readsRows === true
  }

  /** Takes the place of the native statement by one of the present schema. */
  renew(native: NativeStatement, generation: number): void {
    this.native = native
    this.generation = generation
    this.several = undefined
    this.redescribe()
  }

  /** Reads the columns anew. */
  redescribe(): void {
    this.description = describe(this.native, this.description)
  }
}

function describe(native: NativeStatement, before: Description | null): Description | null {
  if (!native.returnsRows) return null
  const columns = native.columns()
  if (before && isSame(before, columns)) return before
  return Object.freeze(columns.map((column) => Object.freeze(describeColumn(column.name, column.type))))
}

function isSame(before: Description, columns: readonly NativeColumn[]): boolean {
  if (before.length !== columns.length) return false
  return columns.every((column, at) => column.name === before[at]?.name && column.type === before[at]?.typeCode)
}
