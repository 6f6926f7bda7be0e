import { DatabaseSync } from 'node:sqlite'
import type { Peer, Row } from './peer.ts'
import { pragmas } from './settings.ts'

/** node:sqlite called on the event loop: it blocks. */
export const peer: Peer = {
  async open(file, settings) {
    const database = new DatabaseSync(file)
    for (const sql of pragmas(settings)) database.exec(sql)
    return {
      one(sql) {
        const statement = database.prepare(sql)
        return async (...values) => statement.get(...values) as Row | undefined
      },
      async close() {
        database.close()
      },
    }
  },
}
