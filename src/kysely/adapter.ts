import { SqliteAdapter } from 'kysely'

/** SQLite as Kysely knows it, but for one thing: there are several connections, and the pool says who waits for which. */
export class PooledSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}
