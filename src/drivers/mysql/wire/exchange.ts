import type { Failure } from '../../../contract/index.ts'
import type { PacketReader } from './packet-reader.ts'
import type { PacketWriter } from './packet-writer.ts'

/** How packets are to be read: what client and server agreed on. */
export interface Agreement {
  /** A result's columns are not followed by a packet that ends them, and its rows end with the status of a statement. */
  readonly endsAreDone: boolean
  /** The columns of a result are left out where they are those that the statement was prepared with. */
  readonly skipsColumns: boolean
  /** Columns tell MariaDB's own types. */
  readonly extendedColumns: boolean
}

/** One request to the server and its answer. */
export interface Exchange {
  /** When it was sent, by the clock of the connection. */
  sentAt: number
  /** It is to be stopped as soon as it is the one that the server is at. */
  toStop: boolean
  write(out: PacketWriter): void
  /** Takes the next packet of the answer; true when that was the last. */
  take(packet: PacketReader, agreement: Agreement): boolean
  /** A packet of the answer was larger than any may be, and is not there. */
  oversized(): void
  /** The answer was taken whole, `time` milliseconds after the server could begin with it. */
  settle(time: number): void
  /** The connection went before the answer was whole. */
  lose(failure: Failure): void
}
