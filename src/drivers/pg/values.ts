import { narrowed } from '../../contract/columns.ts'
import type { Value } from '../../contract/index.ts'
import { ProtocolError } from './errors.ts'
import { isBinary, readingOf } from './types.ts'

/** Reads one value of `length` bytes from `at` on. */
export type ReadValue = (bytes: Buffer, at: number, length: number) => Value

/** Buffers have these beside `toString`, which would look for the encoding by its name each time. */
interface Sliceable {
  utf8Slice(start: number, end: number): string
  latin1Slice(start: number, end: number): string
}

/** The reader of a type's values, in the format that was asked for. */
export function readerOf(oid: number, typed: boolean): ReadValue {
  if (typed && isBinary(oid)) return BINARY[readingOf(oid) as keyof typeof BINARY]
  return TEXT[readingOf(oid)]
}

export function readText(bytes: Buffer, at: number, length: number): string {
  return (bytes as unknown as Sliceable).utf8Slice(at, at + length)
}

function readAscii(bytes: Buffer, at: number, length: number): string {
  return (bytes as unknown as Sliceable).latin1Slice(at, at + length)
}

function readInteger(bytes: Buffer, at: number, length: number): number {
  if (length === 4) return bytes.readInt32BE(at)
  if (length === 2) return bytes.readInt16BE(at)
  throw wrongLength('an integer', length)
}

function readUnsigned(bytes: Buffer, at: number, length: number): number {
  if (length === 4) return bytes.readUInt32BE(at)
  throw wrongLength('an oid', length)
}

const HIGH = 2 ** 32

/** Most numbers of 64 bits are small, and need no bigint on their way. */
function readLong(bytes: Buffer, at: number, length: number): number | bigint {
  if (length !== 8) throw wrongLength('a long integer', length)
  const high = bytes.readInt32BE(at)
  if (high >= -0x200000 && high < 0x200000) {
    const number = high * HIGH + bytes.readUInt32BE(at + 4)
    if (number >= Number.MIN_SAFE_INTEGER) return number
  }
  return narrowed(bytes.readBigInt64BE(at))
}

function readDouble(bytes: Buffer, at: number, length: number): number {
  if (length === 8) return bytes.readDoubleBE(at)
  throw wrongLength('a float', length)
}

function readBoolean(bytes: Buffer, at: number, length: number): number {
  if (length === 1) return bytes[at] === 0 ? 0 : 1
  throw wrongLength('a boolean', length)
}

// A copy: the memory around it is used again, or kept alive by the smallest value.
function readBytes(bytes: Buffer, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(at, at + length))
}

const BINARY = {
  integer: readInteger,
  unsigned: readUnsigned,
  bigint: readLong,
  float: readDouble,
  boolean: readBoolean,
  bytes: readBytes,
} as const

function readNumber(bytes: Buffer, at: number, length: number): number {
  return Number(readAscii(bytes, at, length))
}

function readLongText(bytes: Buffer, at: number, length: number): number | bigint {
  const text = readAscii(bytes, at, length)
  return length < 16 ? Number(text) : narrowed(BigInt(text))
}

const T = 116

function readBooleanText(bytes: Buffer, at: number): number {
  return bytes[at] === T ? 1 : 0
}

const BACKSLASH = 92
const X = 120

function readBytesText(bytes: Buffer, at: number, length: number): Uint8Array {
  if (length >= 2 && bytes[at] === BACKSLASH && bytes[at + 1] === X) {
    return new Uint8Array(Buffer.from(readAscii(bytes, at + 2, length - 2), 'hex'))
  }
  return unescaped(bytes, at, at + length)
}

/** What a server writes whose `bytea_output` is `escape`: bytes as they are, or as a backslash and three octal digits. */
function unescaped(bytes: Buffer, from: number, end: number): Uint8Array {
  const found: number[] = []
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number
    if (byte !== BACKSLASH) found.push(byte)
    else if (bytes[at + 1] === BACKSLASH) found.push(bytes[++at] as number)
    else {
      found.push(Number.parseInt(readAscii(bytes, at + 1, 3), 8))
      at += 3
    }
  }
  return Uint8Array.from(found)
}

const TEXT = {
  integer: readNumber,
  unsigned: readNumber,
  bigint: readLongText,
  float: readNumber,
  float4: readNumber,
  boolean: readBooleanText,
  bytes: readBytesText,
  text: readText,
} as const

function wrongLength(what: string, length: number): ProtocolError {
  return new ProtocolError(`${what} of ${length} bytes came`)
}
