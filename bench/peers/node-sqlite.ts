import { DatabaseSync } from 'node:sqlite'
import { type DirectDatabase, openDirect } from './direct.ts'
import type { Peer } from './peer.ts'
import { pragmas } from './settings.ts'

/** node:sqlite called on the event loop: it blocks. */
export const peer: Peer = {
  async open(file, settings) {
    const database = new DatabaseSync(file)
    for (const sql of pragmas(settings)) database.exec(sql)
    return openDirect(database as DirectDatabase)
  },
}
