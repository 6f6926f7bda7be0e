import { openBetterSqlite3 } from './better-sqlite3-module.ts'
import { openDirect } from './direct.ts'
import type { Peer } from './peer.ts'

/** better-sqlite3 called on the event loop: it blocks. */
export const peer: Peer = { open: async (file, settings) => openDirect(openBetterSqlite3(file, settings)) }
