import type { ErrorRecord } from './failure.ts'

/** What a statement fails with whose result has more rows than its call allows. */
export function tooLargeRecord(maxRows: number): ErrorRecord {
  return {
    type: 'DataError',
    message:
      `the result has more than ${maxRows} rows, the most that maxRows allows: ask for fewer (LIMIT), take them one by one ` +
      '(pool.stream), or give this call a larger maxRows (Infinity for no limit)',
    code: 'RESULT_TOO_LARGE',
    kind: 'tooBig',
  }
}

/** What a statement that gives rows fails with where it was to run once per set of values. */
export const rowsInManyRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message: 'executeMany takes no statement that gives rows. Run it once per set with execute.',
  code: 'ROWS_IN_EXECUTE_MANY',
  kind: 'usage',
}
