import type { Peer } from './peer.ts'
import { openRecords } from './records/sql.ts'

/** SQL by hand on a pool of offloop, where its records are measured. */
export const peer: Peer = {
  openRecords,
  open() {
    throw new Error('SQL by hand is asked for records alone')
  },
}
