import type { PacketReader } from './packet-reader.ts'

/** What the server says of itself after each statement. */
export const Status = { inTransaction: 1, moreResults: 8, cursorExists: 64, lastRowSent: 128 } as const

/** First bytes of packets that are no rows. */
export const First = { ok: 0x00, localInfile: 0xfb, end: 0xfe, error: 0xff } as const

/** That a statement is done. */
export interface Done {
  readonly affectedRows: number
  readonly insertId: number | bigint
  readonly status: number
}

/** What the server refused. Its message may hold values. */
export interface ServerError {
  readonly errno: number
  readonly sqlState: string
  readonly message: string
}

export function readDone(packet: PacketReader): Done {
  packet.skip(1)
  const affectedRows = packet.count()
  const insertId = packet.wholeNumber()
  return { affectedRows, insertId, status: packet.uint16() }
}

/** The status of the old way to end columns and rows. */
export function readEnd(packet: PacketReader): number {
  packet.skip(3)
  return packet.uint16()
}

export function readError(packet: PacketReader): ServerError {
  packet.skip(1)
  const errno = packet.uint16()
  if (packet.peek() !== HASH) return { errno, sqlState: 'HY000', message: packet.rest() }
  packet.skip(1)
  return { errno, sqlState: packet.textOf(5), message: packet.rest() }
}

const HASH = 35
