import { openOffloop } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop with better-sqlite3 in its threads. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/offloop.ts')).recordsOn('better-sqlite3')(file),
  open: (file, settings, connections) => openOffloop('better-sqlite3', file, settings, connections),
}
