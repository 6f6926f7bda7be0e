import type { Tuple } from '../../contract/index.ts'

/** What one statement that gave no rows did. */
export interface NativeChanges {
  readonly changes: number | bigint
  readonly lastInsertRowid: number | bigint
}

export interface NativeColumn {
  readonly name: string
  /** The declared type, or null for an expression. */
  readonly type: string | null
}

/** Arguments of one execution: values in order, or one object of them by name. */
export type NativeArguments = readonly unknown[]

/** A prepared statement as both drivers have it. Rows are tuples, integers bigint. */
export interface NativeStatement {
  readonly returnsRows: boolean
  columns(): readonly NativeColumn[]
  all(values: NativeArguments): Tuple[]
  iterate(values: NativeArguments): Iterator<Tuple>
  run(values: NativeArguments): NativeChanges
}

/** An open database as both drivers have it. Errors are the driver's own. */
export interface NativeDatabase {
  readonly inTransaction: boolean
  /** The driver counts the slots that numbered placeholders leave out, and wants a null for each. */
  readonly wantsGaps: boolean
  prepare(sql: string): NativeStatement
  /** Whether statements may write while rows of another are still to be fetched. Absent where they always may. */
  allowWritesWhileReading?(allowed: boolean): void
  close(): void
}

/** How a database is opened, whatever the driver calls it. */
export interface NativeOpening {
  readonly filename: string
  readonly readOnly: boolean
  readonly create: boolean
  readonly busyTimeout: number
}
