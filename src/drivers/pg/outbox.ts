import { DataError } from '../../contract/index.ts'

const SLAB = 64 * 1024
/** Texts up to this length are written character by character. */
const SHORT = 48
/** PostgreSQL takes no longer message: just below 1 GiB. */
const LONGEST = 0x3fffffff
/** What waits to be sent at one time is never more. */
const MOST = 2 * LONGEST

/** Where messages to the server are written, one behind the other, until {@link take} hands them over. */
export class Outbox {
  #bytes = Buffer.allocUnsafeSlow(SLAB)
  #start = 0
  #at = 0

  /** How many bytes were written since they were last taken. */
  get length(): number {
    return this.#at - this.#start
  }

  /** Takes back everything beyond the first `length` bytes. */
  cut(length: number): void {
    this.#at = this.#start + length
  }

  /** What was written. The memory is not used again. */
  take(): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#at)
    this.#start = this.#at
    return taken
  }

  /** Begins a message; gives its place, for {@link end}. */
  begin(type: number): number {
    this.#reserve(5)
    this.#bytes[this.#at] = type
    this.#at += 5
    return this.#at - this.#start
  }

  /** Ends the message that was begun there: its length is known now. */
  end(begun: number): void {
    const at = this.#start + begun - 4
    const length = this.#at - at
    // A length that wraps around would let values be read as messages.
    if (length > LONGEST) throw tooLong()
    this.#put32(length, at)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = value
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#bytes[this.#at++] = value >> 8
    this.#bytes[this.#at++] = value
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#put32(value, this.#at)
    this.#at += 4
  }

  /** Bytes, without their length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** Text with a zero behind it, which it must not hold itself. */
  cstring(text: string): void {
    this.#reserve(1 + (text.length > SHORT ? Buffer.byteLength(text) : text.length * 3))
    this.#at = this.#write(text, this.#at)
    this.#bytes[this.#at++] = 0
  }

  /** Text with its length in bytes in front. */
  text(text: string): void {
    this.#reserve(4 + (text.length > SHORT ? Buffer.byteLength(text) : text.length * 3))
    const from = this.#at + 4
    const end = this.#write(text, from)
    this.#put32(end - from, this.#at)
    this.#at = end
  }

  #put32(value: number, at: number): void {
    const bytes = this.#bytes
    bytes[at] = value >> 24
    bytes[at + 1] = value >> 16
    bytes[at + 2] = value >> 8
    bytes[at + 3] = value
  }

  // Most texts are short and plain: written here they cost less than the way into native code.
  #write(text: string, from: number): number {
    const { length } = text
    if (length > SHORT) return from + this.#bytes.write(text, from, 'utf8')
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return from + bytes.write(text, from, 'utf8')
      bytes[from + i] = code
    }
    return from + length
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const length = this.#at - this.#start
    if (length + size > MOST) throw tooLong()
    const bytes = Buffer.allocUnsafeSlow(Math.max(SLAB, Math.ceil((length + size) * 1.5)))
    this.#bytes.copy(bytes, 0, this.#start, this.#at)
    this.#bytes = bytes
    this.#start = 0
    this.#at = length
  }
}

function tooLong(): DataError {
  return new DataError('the values of one statement take more than 1 GiB, which PostgreSQL does not accept', {
    code: 'VALUES_TOO_LARGE',
    kind: 'tooBig',
  })
}
