import { tag, textEncoding } from './byte-writer.ts'

/** Buffer's own decoders, without the checks of `toString`; Node has had them since its first versions. */
interface RawBuffer extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  ucs2Slice(start: number, end: number): string
}

/** Reads what {@link ByteWriter} wrote. */
export class ByteReader {
  readonly buffer: RawBuffer
  readonly view: DataView
  position = 0
  /** The buffer belongs to the reader: bytes may be handed out without a copy. */
  readonly owned: boolean
  #text = ''
  #textPosition = 0

  constructor(memory: SharedArrayBuffer | ArrayBuffer) {
    this.owned = memory instanceof ArrayBuffer
    this.buffer = Buffer.from(memory as ArrayBuffer) as RawBuffer
    this.view = new DataView(memory)
  }

  /** Decodes the text block, which ends at `end`, and starts reading at `position`. */
  start(position: number, textStart: number, end: number, encoding: number): void {
    this.position = position
    this.#textPosition = 0
    this.#text = this.textBlock(textStart, end, encoding)
  }

  /** Decodes a text that {@link ByteWriter.textBlock} wrote. */
  textBlock(start: number, end: number, encoding: number): string {
    if (start === end) return ''
    if (encoding === textEncoding.ascii) return this.buffer.latin1Slice(start, end)
    if (encoding === textEncoding.utf8) return this.buffer.utf8Slice(start, end)
    return this.buffer.ucs2Slice(start, end)
  }

  uint32(): number {
    const value = this.view.getUint32(this.position, true)
    this.position += 4
    return value
  }

  float64(): number {
    const value = this.view.getFloat64(this.position, true)
    this.position += 8
    return value
  }

  value(): unknown {
    const { position } = this
    switch (this.buffer[position]) {
      case tag.null:
        this.position = position + 1
        return null
      case tag.int32:
        this.position = position + 5
        return this.view.getInt32(position + 1, true)
      case tag.float64:
        this.position = position + 9
        return this.view.getFloat64(position + 1, true)
      case tag.shortText:
        this.position = position + 2
        return this.#take(this.buffer[position + 1] as number)
      default:
        return this.#rareValue(this.buffer[position] as number)
    }
  }

  #rareValue(kind: number): unknown {
    this.position++
    switch (kind) {
      case tag.text:
        return this.#take(this.uint32())
      case tag.bytes:
        return this.bytes(this.uint32())
      case tag.int64:
        this.position += 8
        return this.view.getBigInt64(this.position - 8, true)
      case tag.bigint:
        return BigInt(this.#take(this.uint32()))
      case tag.true:
        return true
      case tag.false:
        return false
      case tag.undefined:
        return undefined
      case tag.array:
        return Array.from({ length: this.uint32() }, () => this.value())
      case tag.object:
        return Object.fromEntries(Array.from({ length: this.uint32() }, () => [this.value() as string, this.value()]))
      default:
        throw new Error(`the ring holds an unknown tag ${kind} at ${this.position - 1}`)
    }
  }

  #take(length: number): string {
    const start = this.#textPosition
    this.#textPosition = start + length
    return this.#text.substring(start, this.#textPosition)
  }

  /** Reads bytes that were written without a tag. */
  bytes(length: number): Uint8Array {
    const start = this.position
    this.position += length
    if (this.owned) return new Uint8Array(this.buffer.buffer, this.buffer.byteOffset + start, length)
    return new Uint8Array(this.buffer.subarray(start, start + length))
  }
}
