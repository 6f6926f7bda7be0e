import { narrowed } from '../../../contract/columns.ts'
import type { Value } from '../../../contract/index.ts'
import { Read, type WireColumn } from './columns.ts'
import type { PacketReader } from './packet-reader.ts'
import { dateText, dateTimeText, timeText } from './temporal.ts'

/** Gives the values of one row after the other, column by column. */
export interface RowValues {
  /** Stands before the first column of the row that the packet holds. */
  start(packet: PacketReader): void
  value(): Value
}

/** Reads rows of the binary protocol: what prepared statements give. */
export class BinaryRow implements RowValues {
  readonly #columns: readonly WireColumn[]
  #packet: PacketReader | null = null
  #nulls = 0
  #column = 0

  constructor(columns: readonly WireColumn[]) {
    this.#columns = columns
  }

  start(packet: PacketReader): void {
    packet.skip(1)
    this.#packet = packet
    this.#nulls = packet.at
    this.#column = 0
    packet.skip((this.#columns.length + 9) >> 3)
  }

  value(): Value {
    const packet = this.#packet as PacketReader
    const column = this.#column++
    // The first two bits of the map are those of nobody.
    const bit = column + 2
    if (((packet.buffer[this.#nulls + (bit >> 3)] as number) & (1 << (bit & 7))) !== 0) return null
    return binaryValue(packet, this.#columns[column] as WireColumn)
  }
}

function binaryValue(packet: PacketReader, { read, digits }: WireColumn): Value {
  switch (read) {
    case Read.text:
      return packet.text()
    case Read.int32:
      return packet.int32()
    case Read.int64:
      return int64(packet)
    case Read.double:
      return packet.double()
    case Read.uint32:
      return packet.uint32()
    case Read.uint64:
      return narrowed(packet.uint64())
    case Read.int8:
      return (packet.uint8() << 24) >> 24
    case Read.uint8:
      return packet.uint8()
    case Read.int16:
      return (packet.uint16() << 16) >> 16
    case Read.uint16:
      return packet.uint16()
    case Read.float:
      return packet.float()
    case Read.bytes:
      return packet.bytes()
    case Read.bits:
      return bits(packet.bytes())
    case Read.date:
      return dateText(packet)
    case Read.dateTime:
      return dateTimeText(packet, digits)
    case Read.time:
      return timeText(packet, digits)
    case Read.null:
      return null
  }
}

const WORD = 0x1_0000_0000

function int64(packet: PacketReader): number | bigint {
  const low = packet.uint32()
  const high = packet.int32()
  const value = high * WORD + low
  if (Number.isSafeInteger(value)) return value
  return (BigInt(high) << 32n) | BigInt(low)
}

/** A BIT column is a whole number, its highest byte first. */
function bits(bytes: Uint8Array): number | bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return narrowed(value)
}

/** Reads rows of the text protocol: what statements give that cannot be prepared. */
export class TextRow implements RowValues {
  readonly #columns: readonly WireColumn[]
  #packet: PacketReader | null = null
  #column = 0

  constructor(columns: readonly WireColumn[]) {
    this.#columns = columns
  }

  start(packet: PacketReader): void {
    this.#packet = packet
    this.#column = 0
  }

  value(): Value {
    const packet = this.#packet as PacketReader
    const { read } = this.#columns[this.#column++] as WireColumn
    if (packet.peek() === NULL) {
      packet.skip(1)
      return null
    }
    if (read === Read.bytes) return packet.bytes()
    if (read === Read.bits) return bits(packet.bytes())
    return textValue(packet.text(), read)
  }
}

const NULL = 0xfb

function textValue(text: string, read: WireColumn['read']): Value {
  if (read >= Read.int8 && read <= Read.uint64) return narrowed(BigInt(text))
  return read === Read.float || read === Read.double ? Number(text) : text
}
