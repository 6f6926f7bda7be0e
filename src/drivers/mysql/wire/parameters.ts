import type { Value } from '../../../contract/index.ts'
import type { PacketWriter } from './packet-writer.ts'

const TYPE = { double: 5, null: 6, int64: 8, bytes: 252, text: 253 } as const
const UNSIGNED = 0x8000
const HIGHEST_SIGNED = 2n ** 63n - 1n
/** Bytes of whatever has no length of its own, and of the number in front of what has one. */
const WIDEST = 9

/** The bytes that the values of one execution take at most; exact to a few bytes for large ones. */
export function sizeOf(values: readonly Value[], from: number, to: number): number {
  let size = (to - from) * (2 + WIDEST)
  for (let i = from; i < to; i++) {
    const value = values[i]
    if (typeof value === 'string') size += textBound(value)
    else if (value instanceof Uint8Array) size += value.length
  }
  return size
}

const SHORT = 1024

// Counting the bytes of a text costs as much as writing it; of a short one the most it can take will do.
function textBound(value: string): number {
  return value.length < SHORT ? value.length * 3 : Buffer.byteLength(value, 'utf8')
}

/** The number of a value's type on the wire. */
export function typeOf(value: Value): number {
  switch (typeof value) {
    case 'string':
      return TYPE.text
    case 'number':
      return isWhole(value) ? TYPE.int64 : TYPE.double
    case 'bigint':
      return value > HIGHEST_SIGNED ? TYPE.int64 | UNSIGNED : TYPE.int64
    default:
      return value === null ? TYPE.null : TYPE.bytes
  }
}

/** Writes the values, without their types; null takes no place. */
export function writeValue(out: PacketWriter, value: Value): void {
  switch (typeof value) {
    case 'string':
      return out.textOf(value, Buffer.byteLength(value, 'utf8'))
    case 'number':
      return isWhole(value) ? out.int64Of(value) : out.double(value)
    case 'bigint':
      return value > HIGHEST_SIGNED ? out.uint64(value) : out.int64(value)
    default:
      if (value !== null) out.bytes(value)
  }
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}
