import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** What the loop asks of the thread: a closed list. The body of each is given behind its name. */
export const request = {
  /** context, options: opens the connection. Answered by `ready` or `failure`. */
  connect: 1,
  /** u32 number, text, names: gives a statement its number. Not answered. */
  statement: 2,
  /** u32 number: the number is free again. Not answered. */
  forget: 3,
  /** f64 most rows if flagged, u32 statement, u32 count, values: runs it to its end. Answered by `rows` until the last. */
  query: 4,
  /** u32 statement, u32 sets, u32 width, values: runs it once per set. */
  many: 5,
  /** u32 statement, u32 page size, u32 cursor, u32 count, values: the first page. */
  open: 6,
  /** u32 cursor, u32 page size: the next page. */
  next: 7,
  /** u32 cursor: drops the rest. Answered by `done`. */
  drop: 8,
  /** verb, name: begins or ends a transaction or a savepoint. Answered by `done`. */
  control: 9,
  /** Closes the connection and ends the thread. Answered by `done`. */
  close: 10,
  /** module, name, arguments, transaction, row mode: runs a function. Answered by `returned`, `threw` or `failure`. */
  call: 11,
} as const

/** What the thread answers: a closed list. */
export const reply = {
  /** layout: the connection is open. */
  ready: 1,
  /**
   * u32 count; the columns if flagged; what the statement changed if flagged as the last; then the rows, one after the
   * other or, if flagged, as a chunk.
   */
  rows: 2,
  /** An error record. */
  failure: 3,
  done: 4,
  /** What a function gave. */
  returned: 5,
  /** What a function threw. */
  threw: 6,
} as const

/** Flags of `query`, `many` and `open`. */
export const askFlag = {
  /** Refuse to run when no transaction is open; otherwise the statement is its own transaction. */
  inTransaction: 1,
  /** The call's state cell is in use: look there before starting, between pages and before committing. */
  cancellable: 2,
  /** It was given up before it was sent. */
  givenUp: 4,
  /** Of `query`: its result may have so many rows at most. */
  bounded: 8,
} as const

/** Flags of what answers `call`. */
export const callFlag = {
  /** The transaction that began with the call is still open. */
  open: 1,
} as const

/** Flags of `rows`. */
export const rowsFlag = {
  /** No message follows for this call. */
  last: 1,
  /** The columns precede the rows, because they are not what they were the last time. */
  columns: 2,
  /** The result goes on after this page. */
  more: 4,
  /** The rows cross as columns; see chunk.ts. */
  chunk: 8,
} as const

/** What `control` can ask. `recover` rolls back and ends what the loop has given up. */
export type ControlVerb =
  | 'beginWrite'
  | 'beginRead'
  | 'commit'
  | 'rollback'
  | 'savepoint'
  | 'releaseSavepoint'
  | 'rollbackToSavepoint'
  | 'recover'

/** What a statement changed and took; goes with its last rows. */
export interface Summary {
  readonly rowCount: number
  readonly lastRowId: number | bigint | null
  /** Milliseconds in the database, a COMMIT that others may share aside. */
  readonly databaseTime: number
}

export function writeSummary(writer: ByteWriter, summary: Summary): void {
  writer.float64(summary.rowCount)
  writer.databaseValue(summary.lastRowId)
  writer.float64(summary.databaseTime)
}

export function readSummary(reader: ByteReader): Summary {
  const rowCount = reader.float64()
  const lastRowId = reader.value() as number | bigint | null
  return { rowCount, lastRowId, databaseTime: reader.float64() }
}
