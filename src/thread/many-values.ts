import type { Value } from '../contract/value.ts'
import { type ByteWriter, digitsOf, FIXED_VALUE_BYTES, textBytes } from './byte-writer.ts'

/**
 * Values of many executions, to be written. Their text is gathered before there is a place for it: the place is then not
 * three times as large as most text needs, and most groups of sets fit into the ring.
 */
export class ManyValues {
  readonly #values: readonly Value[]
  readonly #text: string
  /** The most bytes that {@link write} will write, text included. */
  readonly bound: number

  constructor(values: readonly Value[]) {
    let text = ''
    let bytes = FIXED_VALUE_BYTES * values.length
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (typeof value === 'string') text += value
      else if (typeof value === 'bigint') text += digitsOf(value)
      else if (value instanceof Uint8Array) bytes += value.byteLength
    }
    this.#values = values
    this.#text = text
    this.bound = bytes + textBytes(text)
  }

  write(writer: ByteWriter): void {
    writer.values(this.#values, this.#text)
  }
}
