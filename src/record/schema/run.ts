import { NotSupportedError } from '../../contract/errors.ts'
import type { Database } from '../database.ts'

/**
 * Runs statements that have no values, all or none where the database allows it. MySQL commits whatever is under way with
 * each statement on tables: inside a transaction they are refused.
 */
export async function runTogether(database: Database, statements: readonly string[]): Promise<void> {
  if (database.dialect !== 'mysql') return await database.transaction(() => runAll(database, statements))
  if (!database.around) return await runAll(database, statements)
  throw new NotSupportedError('MySQL commits a transaction when a table is created or dropped: do it outside of one', {
    code: 'NO_TRANSACTION',
    kind: 'unsupported',
  })
}

/** Runs statements that have no values, one after the other. */
export async function runAll(database: Database, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await database.change({ sql, isPlain: true, bind: () => [] }, [])
}
