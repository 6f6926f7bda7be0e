import { openBetterSqlite3 } from './better-sqlite3-module.ts'
import type { Peer } from './peer.ts'

/** better-sqlite3 called on the event loop: it blocks. */
export const peer: Peer = {
  async open(file, settings) {
    const database = openBetterSqlite3(file, settings)
    return {
      one(sql) {
        const statement = database.prepare(sql)
        return async (...values) => statement.get(...values)
      },
      async close() {
        database.close()
      },
    }
  },
}
