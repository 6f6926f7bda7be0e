import { isUint8Array } from 'node:util/types'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

/** Bytes. */
export const blob: ColumnType<Uint8Array> = {
  expects: 'a Uint8Array',
  storage: 'blob',
  boxed: true,
  // Copies both ways: the record keeps what the database has, to compare with what the program does to its own.
  read(raw) {
    if (isUint8Array(raw)) return new Uint8Array(raw)
    throw unreadable(this, raw)
  },
  write(value) {
    if (!isUint8Array(value)) throw misfit(this, value)
    if (isDetached(value.buffer))
      throw new Misfit('must be a Uint8Array that still has its bytes: this was transferred')
    return new Uint8Array(value)
  },
}

function isDetached(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached
}
