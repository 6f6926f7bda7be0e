import { describe, invalidOption } from '../contract/checks.ts'

/** How large a result may be that is handed over in one piece. */
export interface MaxRowsOption {
  /**
   * The most rows of one result: with one more the call rejects with a `DataError` with the code `RESULT_TOO_LARGE`, no
   * more rows are read, and what the statement changed is undone. `Infinity` for no limit. Streams have none.
   */
  readonly maxRows?: number | undefined
}

/** The most rows that the options allow, or else the other; undefined where there is no limit. */
export function maxRowsOf({ maxRows }: MaxRowsOption, otherwise: number | undefined): number | undefined {
  if (maxRows === undefined) return otherwise
  if (typeof maxRows !== 'number') {
    throw invalidOption(TypeError, `maxRows must be a number of rows, not ${describe(maxRows)}`)
  }
  if (maxRows === Number.POSITIVE_INFINITY) return undefined
  if (Number.isSafeInteger(maxRows) && maxRows >= 1) return maxRows
  throw invalidOption(RangeError, `maxRows must be a whole number of at least 1, or Infinity, not ${maxRows}`)
}
