import type { Database } from '../database.ts'

/** Runs statements that have no values, one after the other. */
export async function runAll(database: Database, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await database.change({ sql, isPlain: true, bind: () => [] }, [])
}
