import type { Peer } from '../peer.ts'
import type { OpenRecords } from '../records.ts'

/** A peer that is asked for records on PostgreSQL and nothing else. */
export function onlyRecords(openRecords: OpenRecords): Peer {
  return {
    openRecords,
    open() {
      throw new Error('The peer is asked for records alone')
    },
  }
}
