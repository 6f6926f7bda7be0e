import { openOffloop } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop with node:sqlite in its threads. */
export const peer: Peer = {
  open: (file, settings, connections) => openOffloop('node-sqlite', file, settings, connections),
}
