import { SKIP } from './ring.ts'

/*
 * How rings in two processes are kept the same through a stream of bytes. A ring's bytes are sent as they are and come to
 * stand at the same place of the other ring, so positions mean the same on both sides. The stream is frames: a float64,
 * and so many bytes. Positive, they are the next ones of the ring; negative, a message too large for it, which is sent
 * before the bytes of the ring that announce it.
 */
const HEADER_BYTES = 8

/** The sending end: gives what one side has published as bytes to be written to a stream. */
export class Outlet {
  readonly #ring: SharedArrayBuffer
  readonly #control: Int32Array
  readonly #headCell: number
  readonly #tailCell: number
  #beside: ArrayBuffer[] = []
  #taken = 0

  constructor(ring: SharedArrayBuffer, control: Int32Array, headCell: number, tailCell: number) {
    this.#ring = ring
    this.#control = control
    this.#headCell = headCell
    this.#tailCell = tailCell
  }

  /** Adds a message too large for the ring. */
  add(message: ArrayBuffer): void {
    this.#beside.push(message)
  }

  /** All that is to be written now, in order. It must stay as it is until {@link sent}. */
  take(): Uint8Array[] {
    const parts: Uint8Array[] = []
    for (const message of this.#beside) parts.push(header(-message.byteLength), new Uint8Array(message))
    if (parts.length > 0) this.#beside = []
    const head = Atomics.load(this.#control, this.#headCell)
    const length = (head - this.#taken) | 0
    if (length === 0) return parts
    const start = this.#taken & (this.#ring.byteLength - 1)
    const first = Math.min(length, this.#ring.byteLength - start)
    parts.push(header(length), new Uint8Array(this.#ring, start, first))
    if (first < length) parts.push(new Uint8Array(this.#ring, 0, length - first))
    this.#taken = head
    return parts
  }

  /** What was taken has been written: its space in the ring is free. */
  sent(): void {
    Atomics.store(this.#control, this.#tailCell, this.#taken)
  }
}

function header(length: number): Uint8Array {
  return new Uint8Array(Float64Array.of(length).buffer)
}

/** The receiving end: puts bytes of a stream into a ring and publishes the messages that are there in full. */
export class Inlet {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #control: Int32Array
  readonly #headCell: number
  readonly #tailCell: number
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerBytes = 0
  /** Bytes of the frame that are still to come. */
  #left = 0
  /** What the frame's message beside the ring is put into. */
  #filling: Uint8Array | null = null
  readonly #beside: ArrayBuffer[] = []
  #received = 0
  #published = 0

  constructor(ring: SharedArrayBuffer, control: Int32Array, headCell: number, tailCell: number) {
    this.#bytes = new Uint8Array(ring)
    this.#view = new DataView(ring)
    this.#control = control
    this.#headCell = headCell
    this.#tailCell = tailCell
  }

  /** Takes the next message that came beside the ring, if there is one. */
  receive(): ArrayBuffer | undefined {
    return this.#beside.shift()
  }

  /** Takes bytes from `from` on, and tells up to where; it takes less than all only while the ring is full. */
  feed(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length) {
      const taken = this.#left === 0 ? this.#takeHeader(bytes, at) : this.#takeContent(bytes, at)
      if (taken === 0) break
      at += taken
    }
    this.#publish()
    return at
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    const taken = Math.min(HEADER_BYTES - this.#headerBytes, bytes.length - at)
    this.#header.set(bytes.subarray(at, at + taken), this.#headerBytes)
    this.#headerBytes += taken
    if (this.#headerBytes < HEADER_BYTES) return taken
    this.#headerBytes = 0
    const [length = 0] = new Float64Array(this.#header.buffer)
    this.#left = Math.abs(length)
    this.#filling = length < 0 ? new Uint8Array(-length) : null
    return taken
  }

  #takeContent(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#left, bytes.length - at, this.#filling ? this.#left : this.#room())
    const part = bytes.subarray(at, at + taken)
    if (this.#filling) this.#fill(this.#filling, part)
    else {
      this.#bytes.set(part, this.#received & (this.#bytes.length - 1))
      this.#received = (this.#received + taken) | 0
    }
    this.#left -= taken
    return taken
  }

  #fill(filling: Uint8Array, part: Uint8Array): void {
    filling.set(part, filling.length - this.#left)
    if (part.length === this.#left) this.#beside.push(filling.buffer as ArrayBuffer)
  }

  /** How many bytes fit in one piece. */
  #room(): number {
    const free = this.#bytes.length - ((this.#received - Atomics.load(this.#control, this.#tailCell)) | 0)
    return Math.min(free, this.#bytes.length - (this.#received & (this.#bytes.length - 1)))
  }

  #publish(): void {
    const mask = this.#bytes.length - 1
    for (;;) {
      const there = (this.#received - this.#published) | 0
      if (there < HEADER_BYTES) break
      const offset = this.#published & mask
      const length = this.#view.getUint32(offset, true)
      const size = length === SKIP ? this.#bytes.length - offset : (length + 7) & ~7
      if (there < size) break
      this.#published = (this.#published + size) | 0
    }
    Atomics.store(this.#control, this.#headCell, this.#published)
  }
}
