import { availableParallelism } from 'node:os'
import { openDocsPool } from './docs-pool.ts'
import type { Peer } from './peer.ts'

/** The thread pool of better-sqlite3's documentation, improved: each worker keeps its prepared statements. */
export const peer: Peer = {
  open: async (file, settings) => openDocsPool({ file, settings, cached: true }, availableParallelism()),
}
