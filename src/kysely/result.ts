import type { QueryResult } from 'kysely'
import type { Outcome } from '../contract/connection.ts'

/** What a statement gave, as Kysely has it. */
export function resultOf<R>({ rows, rowCount, lastRowId }: Outcome): QueryResult<R> {
  return {
    rows: rows as R[],
    ...(rowCount >= 0 && { numAffectedRows: BigInt(rowCount) }),
    ...(lastRowId !== null && { insertId: BigInt(lastRowId) }),
  }
}
