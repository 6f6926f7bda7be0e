import { PacketReader } from './packet-reader.ts'

/** Who takes the packets of a connection, each at once: the reader stands at its beginning, and soon at another one. */
export interface PacketTaker {
  packet(reader: PacketReader): void
  /** In place of a packet that has more bytes than a result may have; its bytes were thrown away. */
  oversized(): void
}

const HEADER = 4
/** A packet of just this length goes on in the next one. */
const LONGEST = 0xffffff

/** Cuts what a socket gives into packets. */
export class Packets {
  readonly #taker: PacketTaker
  readonly #limit: number
  readonly #reader = new PacketReader()
  /** What came of a packet that is not whole yet, and how many bytes there must be before going on makes sense. */
  #held: Buffer[] = []
  #heldLength = 0
  #needed = HEADER
  /** The parts of a packet that goes on in the next one. */
  #parts: Buffer[] = []
  #partsLength = 0
  /** Bytes of a packet that is too large, yet to be thrown away, and whether it goes on after them. */
  #toSkip = 0
  #skipsOn = false

  /** @param limit the most bytes of one packet; a larger one is thrown away as it comes */
  constructor(taker: PacketTaker, limit: number) {
    this.#taker = taker
    this.#limit = limit
  }

  push(chunk: Buffer): void {
    let at = this.#skip(chunk, 0)
    while (this.#heldLength > 0 && at < chunk.length) at = this.#complete(chunk, at)
    if (at < chunk.length) this.#cut(chunk, at)
  }

  /** Adds to what is held no more than it needs, so that no more than that is copied; gives where the chunk goes on. */
  #complete(chunk: Buffer, from: number): number {
    const at = Math.min(chunk.length, from + this.#needed - this.#heldLength)
    this.#hold(chunk.subarray(from, at))
    if (this.#heldLength < this.#needed) return at
    const whole = Buffer.concat(this.#held, this.#heldLength)
    this.#held = []
    this.#heldLength = 0
    this.#cut(whole, 0)
    return this.#skip(chunk, at)
  }

  #cut(buffer: Buffer, from: number): void {
    let at = from
    while (buffer.length - at >= HEADER) {
      const length = buffer.readUIntLE(at, 3)
      if (this.#partsLength + length > this.#limit || this.#skipsOn) {
        at = this.#startSkipping(buffer, at, length)
        continue
      }
      if (buffer.length - at < HEADER + length) {
        this.#needed = HEADER + length
        break
      }
      at += HEADER
      this.#take(buffer, at, at + length)
      at += length
    }
    if (buffer.length - at < HEADER) this.#needed = HEADER
    if (at < buffer.length) this.#hold(buffer.subarray(at))
  }

  #take(buffer: Buffer, at: number, end: number): void {
    if (end - at === LONGEST || this.#partsLength > 0) {
      this.#parts.push(buffer.subarray(at, end))
      this.#partsLength += end - at
      if (end - at === LONGEST) return
      const whole = Buffer.concat(this.#parts, this.#partsLength)
      this.#parts = []
      this.#partsLength = 0
      this.#reader.point(whole, 0, whole.length)
    } else this.#reader.point(buffer, at, end)
    this.#taker.packet(this.#reader)
  }

  #hold(rest: Buffer): void {
    this.#held.push(rest)
    this.#heldLength += rest.length
  }

  #startSkipping(buffer: Buffer, at: number, length: number): number {
    this.#parts = []
    this.#partsLength = 0
    this.#skipsOn = length === LONGEST
    this.#toSkip = HEADER + length
    return this.#skip(buffer, at)
  }

  #skip(buffer: Buffer, at: number): number {
    if (this.#toSkip === 0) return at
    const skipped = Math.min(this.#toSkip, buffer.length - at)
    this.#toSkip -= skipped
    if (this.#toSkip === 0 && !this.#skipsOn) this.#taker.oversized()
    return at + skipped
  }
}
