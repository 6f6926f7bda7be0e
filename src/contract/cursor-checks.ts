import { checkRowMode, invalidOption, ownOptions } from './checks.ts'
import { InterfaceError, ProgrammingError } from './errors.ts'
import type { RowMode } from './value.ts'

/** How the rows of a cursor, or of one query, are handed over. */
export interface RowModeOption {
  readonly rowMode?: RowMode
}

/** The row mode that the options of a cursor ask for, or the one around it. */
export function cursorRowMode(options: RowModeOption, otherwise: RowMode): RowMode {
  const { rowMode = otherwise } = ownOptions(options, ['rowMode'], 'a cursor')
  return checkRowMode(rowMode)
}

/** A number of rows, as a caller gave it. */
export function checkSize(name: string, size: number, lowest: number): number {
  if (Number.isSafeInteger(size) && size >= lowest) return size
  throw invalidOption(RangeError, `${name} must be a whole number of at least ${lowest}, not ${String(size)}`)
}

export function closedCursor(): InterfaceError {
  return new InterfaceError('the cursor is closed', { code: 'CURSOR_CLOSED', kind: 'closed' })
}

export function noResult(): ProgrammingError {
  return new ProgrammingError('there is nothing to fetch: the last statement gave no rows, or none was executed', {
    code: 'NO_RESULT',
    kind: 'usage',
  })
}
