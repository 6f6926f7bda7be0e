import { ConnectionPool } from '../../src/index.ts'
import { COLUMNS, INSERT, TABLE } from '../tables/items.ts'
import type { Row, Session } from './peer.ts'
import type { Settings } from './settings.ts'

/** offloop as its user writes it, with as many connections as it chooses itself unless told otherwise. */
export async function openOffloop(
  driver: string,
  filename: string,
  settings: Settings | null,
  connections?: number,
): Promise<Session> {
  const pool = new ConnectionPool(
    driver,
    { filename, ...(settings && connectOptions(settings)) },
    connections === undefined ? {} : { max: connections, min: connections },
  )
  return await sessionOn(pool)
}

/** A pool with what it can do, its statements written by `dialect` for the database that it is on. */
export async function sessionOn(pool: ConnectionPool, dialect = (sql: string) => sql): Promise<Session> {
  await pool.start()
  return {
    one: (written) => {
      const sql = dialect(written)
      return async (...values) => (await pool.runQuery<Row>(sql, values))[0]
    },
    all: (written) => {
      const sql = dialect(written)
      return (...values) => pool.runQuery<Row>(sql, values)
    },
    run: (written) => {
      const sql = dialect(written)
      return (...values) => pool.runOperation(sql, values)
    },
    stream: (sql) => pool.stream<Row>(sql),
    insertItems: (items, times) => pool.insertMany(TABLE, repeated(items, times), { columns: COLUMNS }),
    insertTuples: (tuples, times) => pool.executeMany(dialect(INSERT), repeated(tuples, times)),
    close: () => pool.close(),
  }
}

// WAL is its default.
export function connectOptions({ synchronous, cache_size, mmap_size }: Settings): Record<string, unknown> {
  return { durability: synchronous === 1 ? 'crash' : 'power', cacheSize: -cache_size, mmapSize: mmap_size }
}

function* repeated<T>(list: readonly T[], times: number): Generator<T> {
  for (let time = 0; time < times; time++) yield* list
}
