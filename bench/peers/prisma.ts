import type { Peer } from './peer.ts'
import { openRecords } from './records/prisma.ts'

/** Prisma, for records alone. */
export const peer: Peer = {
  openRecords,
  open() {
    throw new Error('Prisma is asked for records alone')
  },
}
