import { openOffloop } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop with better-sqlite3 in its threads. */
export const peer: Peer = {
  open: (file, settings, connections) => openOffloop('better-sqlite3', file, settings, connections),
}
