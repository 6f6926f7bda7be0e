import { ConnectionPool } from '../../src/index.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { numbered } from './numbered.ts'
import { sessionOn } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop on PostgreSQL. */
export const peer: Peer = {
  openRecords: async (url) => (await import('./records/offloop.ts')).recordsOf(new ConnectionPool(url)),
  open: (url, _settings, connections = CONNECTIONS) =>
    sessionOn(new ConnectionPool(url, { max: connections }), numbered),
}
