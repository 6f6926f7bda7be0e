import type { ColumnBatch } from '../contract/columns.ts'
import type { Outcome } from '../contract/connection.ts'
import { NotSupportedError } from '../contract/errors.ts'
import type { ResultMode } from '../contract/value.ts'

/** What a caller is given of an outcome: the rows, or the columns if it asked for those. */
export function resultOf(outcome: Outcome, rowMode: ResultMode): unknown {
  return rowMode === 'columns' ? columnsOf(outcome) : outcome.rows
}

/** The columns of an outcome that was asked for them. */
export function columnsOf({ columns }: Outcome): ColumnBatch {
  if (columns) return columns
  throw new NotSupportedError("the driver's connections hand over rows only, not columns", {
    code: 'NO_COLUMNS',
    kind: 'unsupported',
  })
}
