/** Tags of encoded values. */
export const tag = {
  null: 0,
  int32: 1,
  float64: 2,
  shortText: 3,
  text: 4,
  bytes: 5,
  int64: 6,
  bigint: 7,
  true: 8,
  false: 9,
  undefined: 10,
  array: 11,
  object: 12,
} as const

/** How the text block of a message is encoded: the cheapest way that loses nothing. */
export const textEncoding = { ascii: 0, utf8: 1, utf16: 2 } as const

const INT64_LOW = -(2n ** 63n)
const INT64_HIGH = 2n ** 63n - 1n

/** The most bytes that a value's tag and fixed part take; text and bytes come on top. */
export const FIXED_VALUE_BYTES = 9

const LONG_TEXT = 4096

/** Bytes of a writer's own memory at first. */
const LEAST_OWN = 64 * 1024

/** The most bytes a string of that many UTF-16 units takes in a text block. */
export function textBound(length: number): number {
  return length * 3
}

/** The same of a text that is there. The bound by length is three times too large for most: a long one is worth counting. */
export function textBytes(text: string): number {
  if (!text.isWellFormed()) return 2 * text.length
  return text.length > LONG_TEXT ? Buffer.byteLength(text) : textBound(text.length)
}

/** Thrown by a writer of fixed size that is full; its owner then starts again with a writer that grows. */
export class Overflow extends Error {}

/** What a message's text holds of an integer: its digits if it has more than 64 bits, else nothing. */
export function digitsOf(value: bigint): string {
  return value >= INT64_LOW && value <= INT64_HIGH ? '' : value.toString()
}

/** The most bytes that values of a database take, text included. */
export function valuesBound(values: readonly unknown[]): number {
  let bound = FIXED_VALUE_BYTES * values.length
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'string') bound += textBound(value.length)
    else if (value instanceof Uint8Array) bound += value.byteLength
  }
  return bound
}

/** The most bytes that any value takes, text included. */
export function boundOf(value: unknown): number {
  if (typeof value === 'string') return FIXED_VALUE_BYTES + textBound(value.length)
  if (typeof value === 'bigint') return FIXED_VALUE_BYTES + textBound(value.toString().length)
  if (typeof value !== 'object' || value === null) return FIXED_VALUE_BYTES
  if (value instanceof Uint8Array) return FIXED_VALUE_BYTES + value.byteLength
  const parts = Array.isArray(value) ? value : Object.entries(value).flat()
  return parts.reduce<number>((bound, part) => bound + boundOf(part), FIXED_VALUE_BYTES)
}

/**
 * Writes values one after the other. Fixed-size parts go to the buffer; text is gathered and written as one block at
 * the end ({@link writeText}), so that the other side decodes it with one call.
 */
export class ByteWriter {
  buffer: Buffer
  view: DataView
  position = 0
  limit = 0
  text = ''
  readonly #grows: boolean

  /** Without memory it takes its own, at least `size` bytes, and more when it needs them. */
  constructor(memory: SharedArrayBuffer | null, size = 0) {
    this.#grows = memory === null
    this.buffer = memory ? Buffer.from(memory) : Buffer.from(new ArrayBuffer(Math.max(size, LEAST_OWN)))
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength)
    this.limit = memory ? 0 : this.buffer.byteLength
  }

  /** Starts at `position`; nothing may be written at or behind `limit`. */
  start(position: number, limit: number): void {
    this.position = position
    this.limit = this.#grows ? this.buffer.byteLength : limit
    this.text = ''
  }

  /** Makes sure that `size` more bytes fit. */
  ensure(size: number): void {
    if (this.position + size <= this.limit) return
    if (!this.#grows) throw new Overflow()
    const grown = Buffer.from(new ArrayBuffer(Math.max(this.buffer.byteLength * 2, this.position + size)))
    this.buffer.copy(grown, 0, 0, this.position)
    this.buffer = grown
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength)
    this.limit = grown.byteLength
  }

  uint32(value: number): void {
    this.ensure(4)
    this.view.setUint32(this.position, value, true)
    this.position += 4
  }

  float64(value: number): void {
    this.ensure(8)
    this.view.setFloat64(this.position, value, true)
    this.position += 8
  }

  /** Writes values of a database, each with its tag; `text` is that of all of them, {@link digitsOf} integers included. */
  values(values: readonly unknown[], text: string): void {
    const gathered = this.text + text
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      this.ensure(FIXED_VALUE_BYTES)
      if (typeof value === 'number') this.#number(value)
      else if (typeof value === 'string') this.#textLength(value.length)
      else this.value(value)
    }
    this.text = gathered
  }

  /** Writes a value with its tag: what a database stores, and what errors and options are made of. */
  value(value: unknown): void {
    this.ensure(FIXED_VALUE_BYTES)
    switch (typeof value) {
      case 'number':
        return this.#number(value)
      case 'string':
        return this.#string(value)
      case 'bigint':
        return this.#bigint(value)
      case 'boolean':
        return this.#tag(value ? tag.true : tag.false)
      case 'undefined':
        return this.#tag(tag.undefined)
      default:
        return this.#object(value)
    }
  }

  /** Writes a value that a database gave: an integer that JavaScript's numbers hold exactly becomes one. */
  databaseValue(value: unknown): void {
    if (typeof value === 'bigint') {
      const narrow = Number(value)
      if (Number.isSafeInteger(narrow)) {
        this.ensure(FIXED_VALUE_BYTES)
        return this.#number(narrow)
      }
    }
    this.value(value)
  }

  /** Writes the gathered text as one block and tells its encoding. */
  writeText(): number {
    return this.textBlock(this.text)
  }

  /** Writes a text and tells its encoding. */
  textBlock(text: string): number {
    if (text.length === 0) return textEncoding.ascii
    this.ensure(textBytes(text))
    if (!text.isWellFormed()) {
      this.position += this.buffer.write(text, this.position, 'utf16le')
      return textEncoding.utf16
    }
    const written = this.buffer.write(text, this.position, 'utf8')
    this.position += written
    return written === text.length ? textEncoding.ascii : textEncoding.utf8
  }

  /** Writes bytes without a tag. */
  rawBytes(bytes: Uint8Array): void {
    this.ensure(bytes.byteLength)
    this.buffer.set(bytes, this.position)
    this.position += bytes.byteLength
  }

  #tag(value: number): void {
    this.buffer[this.position++] = value
  }

  #number(value: number): void {
    const { position } = this
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      this.buffer[position] = tag.int32
      this.view.setInt32(position + 1, value, true)
      this.position = position + 5
    } else {
      this.buffer[position] = tag.float64
      this.view.setFloat64(position + 1, value, true)
      this.position = position + 9
    }
  }

  #string(value: string): void {
    this.text += value
    this.#textLength(value.length)
  }

  #textLength(length: number): void {
    if (length < 256) {
      this.buffer[this.position] = tag.shortText
      this.buffer[this.position + 1] = length
      this.position += 2
    } else this.#lengthy(tag.text, length)
  }

  #bigint(value: bigint): void {
    const digits = digitsOf(value)
    if (digits === '') {
      this.buffer[this.position] = tag.int64
      this.view.setBigInt64(this.position + 1, value, true)
      this.position += 9
    } else {
      this.text += digits
      this.#lengthy(tag.bigint, digits.length)
    }
  }

  #object(value: unknown): void {
    if (value === null) return this.#tag(tag.null)
    if (value instanceof Uint8Array) {
      this.ensure(FIXED_VALUE_BYTES + value.byteLength)
      this.#lengthy(tag.bytes, value.byteLength)
      this.buffer.set(value, this.position)
      this.position += value.byteLength
    } else if (Array.isArray(value)) {
      this.#lengthy(tag.array, value.length)
      for (const item of value) this.value(item)
    } else if (typeof value === 'object') {
      const entries = Object.entries(value)
      this.#lengthy(tag.object, entries.length)
      for (const [name, item] of entries) {
        this.value(name)
        this.value(item)
      }
    } else throw new TypeError(`a ${typeof value} cannot cross to another thread`)
  }

  #lengthy(kind: number, length: number): void {
    this.buffer[this.position] = kind
    this.view.setUint32(this.position + 1, length, true)
    this.position += 5
  }
}
