import { ConnectionPool } from '../../../src/index.ts'
import { numbered } from '../numbered.ts'
import { INSERT, recordsOf } from '../records/sql.ts'
import { onlyRecords } from './only-records.ts'

const RETURNING = `${numbered(INSERT)} RETURNING id`

/** SQL by hand on a pool of offloop on PostgreSQL. */
export const peer = onlyRecords((url) =>
  recordsOf(new ConnectionPool(url), {
    insert: async (pool, values) => (await pool.runQuery<{ id: number }>(RETURNING, values))[0]?.id as number,
    dialect: numbered,
  }),
)
