import type { Connection, Query, Standing } from '../../contract/index.ts'
import { Failure } from '../../contract/index.ts'

// How far a primary is means what was inserted, not what was written: a commit may be answered before it is on the disk
// (synchronous_commit). The name of the file of the log begins with the timeline, which grows with each promotion.
const ASK: Query = {
  sql: `SELECT pg_is_in_recovery()::int,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn,
    CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END`,
  values: [],
  names: null,
  rowMode: 'array',
  inTransaction: false,
}

/** Asks a server of PostgreSQL what it is among those that hold the same database. */
export async function standing(connection: Pick<Connection, 'query'>): Promise<Standing | Failure> {
  const answer = await connection.query(ASK)
  if (answer instanceof Failure) return answer
  const [recovers, position, timeline] = answer.rows[0] as [number, string | null, string | null]
  return {
    role: recovers === 1 ? 'replica' : 'primary',
    position: position === null ? null : BigInt(position),
    term: timeline === null ? null : Number.parseInt(timeline, 16),
  }
}
