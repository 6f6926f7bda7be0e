const HEADER = 4
const LONGEST = 0xffffff
const CHUNK = 32 * 1024

/**
 * Writes packets one behind the other into memory that is handed over when it is flushed, and never written again
 * afterwards.
 */
export class PacketWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK)
  /** Where what was not flushed begins. */
  #from = 0
  #packet = 0
  #at = 0

  /** Begins a packet whose content has at most so many bytes. */
  begin(atMost: number): void {
    this.#reserve(HEADER + atMost)
    this.#packet = this.#at
    this.#at += HEADER
  }

  /** Ends the packet. */
  end(): void {
    const length = this.#at - this.#packet - HEADER
    if (length >= LONGEST) return this.#endLarge(length)
    this.#buffer.writeUIntLE(length, this.#packet, 3)
    this.#buffer[this.#packet + 3] = 0
  }

  uint8(value: number): void {
    this.#buffer[this.#at++] = value
  }

  uint16(value: number): void {
    this.#at = this.#buffer.writeUInt16LE(value, this.#at)
  }

  uint32(value: number): void {
    this.#at = this.#buffer.writeUInt32LE(value, this.#at)
  }

  int64(value: bigint): void {
    this.#at = this.#buffer.writeBigInt64LE(value, this.#at)
  }

  uint64(value: bigint): void {
    this.#at = this.#buffer.writeBigUInt64LE(value, this.#at)
  }

  /** A whole number that a number holds exactly. */
  int64Of(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.#at = this.#buffer.writeUInt32LE(value - high * 0x1_0000_0000, this.#at)
    this.#at = this.#buffer.writeInt32LE(high, this.#at)
  }

  double(value: number): void {
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }

  zeros(count: number): void {
    this.#buffer.fill(0, this.#at, this.#at + count)
    this.#at += count
  }

  /** Where the next byte goes, for {@link setBit}. */
  get position(): number {
    return this.#at
  }

  setBit(position: number, bit: number): void {
    const at = position + (bit >> 3)
    this.#buffer[at] = (this.#buffer[at] as number) | (1 << (bit & 7))
  }

  /** Text of so many bytes, with its length in front. */
  textOf(value: string, bytes: number): void {
    this.count(bytes)
    this.rawText(value)
  }

  rawText(value: string): void {
    this.#at += this.#buffer.write(value, this.#at, 'utf8')
  }

  bytes(value: Uint8Array): void {
    this.count(value.length)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
  }

  /** A whole number of variable width. */
  count(value: number): void {
    if (value < 0xfb) return this.uint8(value)
    if (value <= 0xffff) {
      this.uint8(0xfc)
      return this.uint16(value)
    }
    this.uint8(0xfd + (value > 0xffffff ? 1 : 0))
    if (value > 0xffffff) return this.uint64(BigInt(value))
    this.#at = this.#buffer.writeUIntLE(value, this.#at, 3)
  }

  /** What was written since the last flush; null when that is nothing. */
  flush(): Buffer | null {
    if (this.#at === this.#from) return null
    const written = this.#buffer.subarray(this.#from, this.#at)
    this.#from = this.#at
    return written
  }

  #reserve(bytes: number): void {
    if (this.#buffer.length - this.#at >= bytes) return
    const unflushed = this.#at - this.#from
    const larger = Buffer.allocUnsafeSlow(Math.max(CHUNK, (unflushed + bytes) * (unflushed > 0 ? 2 : 1)))
    this.#buffer.copy(larger, 0, this.#from, this.#at)
    this.#buffer = larger
    this.#from = 0
    this.#at = unflushed
  }

  /** Writes a packet of 16 MB or more anew, in as many parts as it takes. */
  #endLarge(length: number): void {
    const start = this.#packet + HEADER
    const content = this.#buffer.subarray(start, start + length)
    const before = this.#buffer.subarray(this.#from, this.#packet)
    const parts = Math.floor(length / LONGEST) + 1
    const all = Buffer.allocUnsafeSlow(before.length + length + parts * HEADER + CHUNK)
    before.copy(all)
    let at = before.length
    for (let part = 0; part < parts; part++) {
      const piece = content.subarray(part * LONGEST, (part + 1) * LONGEST)
      at = all.writeUIntLE(piece.length, at, 3)
      all[at++] = part & 255
      at += piece.copy(all, at)
    }
    this.#buffer = all
    this.#from = 0
    this.#at = at
  }
}
