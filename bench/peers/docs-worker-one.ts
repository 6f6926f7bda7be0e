import { openDocsPool } from './docs-pool.ts'
import type { Peer } from './peer.ts'

/** The improved thread pool with one thread: SQLite has one writer at a time. */
export const peer: Peer = { open: async (file, settings) => openDocsPool({ file, settings, cached: true }, 1) }
