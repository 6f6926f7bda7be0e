import { ConnectionPool } from 'offloop'
import type { Row, Session } from './peer.ts'
import type { Settings } from './settings.ts'

/** offloop as its user writes it, with as many connections as it chooses itself. */
export async function openOffloop(driver: string, filename: string, settings: Settings | null): Promise<Session> {
  const pool = new ConnectionPool(driver, { filename, ...(settings && connectOptions(settings)) })
  await pool.start()
  return {
    one:
      (sql) =>
      async (...values) =>
        (await pool.runQuery<Row>(sql, values))[0],
    close: () => pool.close(),
  }
}

// WAL and synchronous=FULL are its defaults.
function connectOptions({ cache_size, mmap_size }: Settings): Record<string, unknown> {
  return { cacheSize: -cache_size, mmapSize: mmap_size }
}
