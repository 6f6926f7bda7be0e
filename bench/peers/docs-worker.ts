import { availableParallelism } from 'node:os'
import { openDocsPool } from './docs-pool.ts'
import type { Peer } from './peer.ts'

/** The thread pool of better-sqlite3's documentation: one message per query, prepared anew each time. */
export const peer: Peer = {
  open: async (file, settings) => openDocsPool({ file, settings, cached: false }, availableParallelism()),
}
