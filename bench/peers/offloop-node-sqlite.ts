import { openOffloop } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop with node:sqlite in its threads. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/offloop.ts')).recordsOn('node-sqlite')(file),
  open: (file, settings, connections) => openOffloop('node-sqlite', file, settings, connections),
}
