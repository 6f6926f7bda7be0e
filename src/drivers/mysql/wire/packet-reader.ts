/** Node.js's own way to read text, of which its types do not tell; `toString` finds out each time which way to go. */
interface SlicingBuffer extends Buffer {
  utf8Slice(from: number, to: number): string
}

/** Reads the fields of one packet, in their order. One reader serves all packets of a connection. */
export class PacketReader {
  buffer: Buffer = Buffer.alloc(0)
  at = 0
  end = 0

  /** Stands at the beginning of a packet. */
  point(buffer: Buffer, at: number, end: number): void {
    this.buffer = buffer
    this.at = at
    this.end = end
  }

  get length(): number {
    return this.end - this.at
  }

  peek(): number {
    return this.buffer[this.at] as number
  }

  skip(bytes: number): void {
    this.at += bytes
  }

  uint8(): number {
    return this.buffer[this.at++] as number
  }

  uint16(): number {
    const { buffer, at } = this
    this.at = at + 2
    return (buffer[at] as number) | ((buffer[at + 1] as number) << 8)
  }

  uint32(): number {
    const value = this.buffer.readUInt32LE(this.at)
    this.at += 4
    return value
  }

  int32(): number {
    return this.uint32() | 0
  }

  uint64(): bigint {
    const value = this.buffer.readBigUInt64LE(this.at)
    this.at += 8
    return value
  }

  float(): number {
    const value = this.buffer.readFloatLE(this.at)
    this.at += 4
    return value
  }

  double(): number {
    const value = this.buffer.readDoubleLE(this.at)
    this.at += 8
    return value
  }

  /** A whole number of variable width, as a number: counts and lengths are never beyond 2^53. */
  count(): number {
    const first = this.uint8()
    if (first < 0xfb) return first
    if (first === 0xfc) return this.uint16()
    if (first === 0xfd) return this.uint16() | (this.uint8() << 16)
    return Number(this.uint64())
  }

  /** The same, exact whatever its size. */
  wholeNumber(): number | bigint {
    if (this.peek() !== 0xfe) return this.count()
    this.at++
    const value = this.uint64()
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
  }

  /** Text that has its length in front of it. */
  text(): string {
    return this.textOf(this.count())
  }

  textOf(bytes: number): string {
    const from = this.at
    this.at = from + bytes
    return (this.buffer as SlicingBuffer).utf8Slice(from, this.at)
  }

  /** Bytes that have their length in front of them, in memory of their own. */
  bytes(): Uint8Array {
    const length = this.count()
    const copy = new Uint8Array(length)
    copy.set(this.buffer.subarray(this.at, this.at + length))
    this.at += length
    return copy
  }

  /** The text up to the end of the packet. */
  rest(): string {
    return this.textOf(this.length)
  }
}
