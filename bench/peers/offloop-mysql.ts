import { ConnectionPool } from '../../src/index.ts'
import { CONNECTIONS } from '../servers/connections.ts'
import { sessionOn } from './offloop-pool.ts'
import type { Peer } from './peer.ts'

/** offloop on MariaDB. */
export const peer: Peer = {
  open: (url, _settings, connections = CONNECTIONS) => sessionOn(new ConnectionPool(url, { max: connections })),
}
