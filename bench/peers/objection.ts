import type { Peer } from './peer.ts'
import { openRecords } from './records/objection.ts'

/** Objection, for records alone: its bulk inserts are Knex's. */
export const peer: Peer = {
  openRecords,
  open() {
    throw new Error('Objection is asked for records alone')
  },
}
