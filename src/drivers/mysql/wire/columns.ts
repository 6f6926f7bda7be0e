import { type Column, describeColumn } from '../../../contract/index.ts'
import type { PacketReader } from './packet-reader.ts'

/** How the values of a column are read. */
export const Read = {
  null: 0,
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  int64: 7,
  uint64: 8,
  float: 9,
  double: 10,
  text: 11,
  bytes: 12,
  bits: 13,
  date: 14,
  dateTime: 15,
  time: 16,
} as const

export type ReadKind = (typeof Read)[keyof typeof Read]

/** A column of a result: what it is called, and how its values are read. */
export interface WireColumn {
  readonly column: Column
  readonly read: ReadKind
  /** Digits behind the second, or behind the point. */
  readonly digits: number
}

const UNSIGNED = 32
/** The number of the collation that says a text is no text but bytes. */
const BINARY = 63

interface FieldType {
  readonly name: string
  readonly signed: ReadKind
  readonly unsigned?: ReadKind
}

const text: FieldType = { name: 'varchar', signed: Read.text }

/** MySQL's numbers of types. What is missing is text or bytes. */
const TYPES = new Map<number, FieldType>([
  [0, { name: 'decimal', signed: Read.text }],
  [1, { name: 'tinyint', signed: Read.int8, unsigned: Read.uint8 }],
  [2, { name: 'smallint', signed: Read.int16, unsigned: Read.uint16 }],
  [3, { name: 'int', signed: Read.int32, unsigned: Read.uint32 }],
  [4, { name: 'float', signed: Read.float }],
  [5, { name: 'double', signed: Read.double }],
  [6, { name: 'null', signed: Read.null }],
  [7, { name: 'timestamp', signed: Read.dateTime }],
  [8, { name: 'bigint', signed: Read.int64, unsigned: Read.uint64 }],
  [9, { name: 'mediumint', signed: Read.int32, unsigned: Read.uint32 }],
  [10, { name: 'date', signed: Read.date }],
  [11, { name: 'time', signed: Read.time }],
  [12, { name: 'datetime', signed: Read.dateTime }],
  [13, { name: 'year', signed: Read.uint16 }],
  [14, { name: 'date', signed: Read.date }],
  [16, { name: 'bit', signed: Read.bits }],
  [245, { name: 'json', signed: Read.text }],
  [246, { name: 'decimal', signed: Read.text }],
  [247, { name: 'enum', signed: Read.text }],
  [248, { name: 'set', signed: Read.text }],
])

const ENUM_FLAG = 256
const SET_FLAG = 2048
const BLOBS = new Set([249, 250, 251, 252])
const GEOMETRY = 255
const FIXED = 254

/** Reads the definition of a column. */
export function readColumn(packet: PacketReader, extended: boolean): WireColumn {
  for (let part = 0; part < 4; part++) packet.skip(packet.count())
  const name = packet.text()
  packet.skip(packet.count())
  const kind = extended ? extendedType(packet) : ''
  packet.skip(1)
  const collation = packet.uint16()
  packet.skip(4)
  const number = packet.uint8()
  const flags = packet.uint16()
  const digits = packet.uint8()
  const type = TYPES.get(number) ?? textType(number, flags, collation, kind)
  const unsigned = (flags & UNSIGNED) !== 0 && type.unsigned !== undefined
  return {
    column: describeColumn(name, unsigned ? `${type.name} unsigned` : type.name),
    read: unsigned ? (type.unsigned as ReadKind) : type.signed,
    digits,
  }
}

function textType(number: number, flags: number, collation: number, kind: string): FieldType {
  if (kind === 'json') return { name: 'json', signed: Read.text }
  // MariaDB's own types, which it writes as text and calls binary all the same.
  if (kind === 'uuid' || kind === 'inet4' || kind === 'inet6') return { name: kind, signed: Read.text }
  if (number === GEOMETRY) return { name: 'geometry', signed: Read.bytes }
  if ((flags & ENUM_FLAG) !== 0) return { name: 'enum', signed: Read.text }
  if ((flags & SET_FLAG) !== 0) return { name: 'set', signed: Read.text }
  if (collation === BINARY) {
    return { name: BLOBS.has(number) ? 'blob' : number === FIXED ? 'binary' : 'varbinary', signed: Read.bytes }
  }
  if (BLOBS.has(number)) return { name: 'text', signed: Read.text }
  return number === FIXED ? { name: 'char', signed: Read.text } : text
}

/** What MariaDB adds to a column: pieces of a number, a length and text. The last name or format is given. */
function extendedType(packet: PacketReader): string {
  const length = packet.count()
  const end = packet.at + length
  let found = ''
  while (packet.at < end) {
    packet.skip(1)
    found = packet.text()
  }
  return found
}
