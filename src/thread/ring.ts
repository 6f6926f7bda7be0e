import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/*
 * A message: u32 length of all of it, u8 type, u8 flags, u16 slot, u32 where its text block starts, u8 how that is
 * encoded, 3 bytes unused; then its body; then its text block. Messages start at multiples of 8 and never wrap around
 * the end of the ring: what is left there is skipped. Positions only grow (modulo 2^32), so full and empty differ.
 */
const HEADER_BYTES = 16
/** Stands instead of a message's length where the rest of the ring is to be skipped. */
export const SKIP = 0xffffffff

/** Type of a message whose content comes beside the ring, because it is larger than the ring takes. */
export const OVERSIZE = 255

/** Writes one message's body; throws {@link Overflow} through the writer when it does not fit. */
export type WriteBody = (writer: ByteWriter) => void

/** The writing end of a ring. Used by one thread only. */
export class RingWriter {
  /** The most bytes that one message may take: any ring that is empty has that much in one piece. */
  readonly largest: number
  readonly #control: Int32Array
  readonly #headCell: number
  readonly #tailCell: number
  readonly #capacity: number
  readonly #writer: ByteWriter
  #head = 0
  #start = 0
  #type = 0
  #slot = 0

  constructor(memory: SharedArrayBuffer, control: Int32Array, headCell: number, tailCell: number) {
    this.#control = control
    this.#headCell = headCell
    this.#tailCell = tailCell
    this.#capacity = memory.byteLength
    this.#writer = new ByteWriter(memory)
    this.largest = memory.byteLength / 2 - 2 * HEADER_BYTES
  }

  /** Everything written so far, as the reader will see it after {@link publish}. */
  get head(): number {
    return this.#head
  }

  /**
   * Starts a message of at most `bound` bytes (its header aside) and gives the writer for its body, or null while the
   * ring is too full for it. `bound` must not exceed {@link largest}.
   */
  begin(type: number, slot: number, bound: number): ByteWriter | null {
    const size = align(HEADER_BYTES + bound)
    const offset = this.#head & (this.#capacity - 1)
    const contiguous = this.#capacity - offset
    const skipped = contiguous < size ? contiguous : 0
    const free = this.#capacity - ((this.#head - Atomics.load(this.#control, this.#tailCell)) | 0)
    if (free < skipped + size) return null
    if (skipped > 0) {
      this.#writer.view.setUint32(offset, SKIP, true)
      this.#head = (this.#head + skipped) | 0
    }
    this.#start = this.#head & (this.#capacity - 1)
    this.#type = type
    this.#slot = slot
    this.#writer.start(this.#start + HEADER_BYTES, this.#start + size)
    return this.#writer
  }

  /** Ends the message that {@link begin} started. It is seen by the reader after {@link publish}. */
  end(flags: number): number {
    const length = finish(this.#writer, this.#start, this.#type, flags, this.#slot)
    this.#head = (this.#head + align(length)) | 0
    return length
  }

  /** Lets the reader see what was written. */
  publish(): void {
    Atomics.store(this.#control, this.#headCell, this.#head)
  }
}

/** Up to this size a buffer is made as large as its message may get, and only cut when more than half of it is empty. */
const MOST_UNCUT = 512 * 1024

/** Writes one message, of at most `bound` bytes if that is known, into a buffer of its own, at least as large as it needs. */
export function encodeAlone(type: number, slot: number, flags: number, write: WriteBody, bound = 0): ArrayBuffer {
  const writer = new ByteWriter(null, Math.min(HEADER_BYTES + bound, MOST_UNCUT))
  writer.start(HEADER_BYTES, 0)
  write(writer)
  const length = finish(writer, 0, type, flags, slot)
  const buffer = writer.buffer.buffer as ArrayBuffer
  const isGood = buffer.byteLength <= MOST_UNCUT && buffer.byteLength <= 2 * length
  return isGood ? buffer : buffer.transfer(length)
}

function finish(writer: ByteWriter, start: number, type: number, flags: number, slot: number): number {
  const textStart = writer.position
  const encoding = writer.writeText()
  const length = writer.position - start
  const { view } = writer
  view.setUint32(start, length, true)
  view.setUint8(start + 4, type)
  view.setUint8(start + 5, flags)
  view.setUint16(start + 6, slot, true)
  view.setUint32(start + 8, textStart - start, true)
  view.setUint8(start + 12, encoding)
  return length
}

function align(length: number): number {
  return (length + 7) & ~7
}

/** A message that was read: what its header says, and a reader that stands at its body. */
export class Message {
  type = 0
  flags = 0
  slot = 0
  /** Bytes of the whole message. */
  length = 0
  readonly body: ByteReader

  constructor(body: ByteReader) {
    this.body = body
  }

  /** Reads the header at `offset`; false when the rest of the ring there is to be skipped. */
  open(offset: number): boolean {
    const { view } = this.body
    const length = view.getUint32(offset, true)
    if (length === SKIP) return false
    this.length = length
    this.type = view.getUint8(offset + 4)
    this.flags = view.getUint8(offset + 5)
    this.slot = view.getUint16(offset + 6, true)
    const textStart = offset + view.getUint32(offset + 8, true)
    this.body.start(offset + HEADER_BYTES, textStart, offset + length, view.getUint8(offset + 12))
    return true
  }
}

/** Reads a message that {@link encodeAlone} wrote. */
export function decodeAlone(buffer: ArrayBuffer): Message {
  const message = new Message(new ByteReader(buffer))
  message.open(0)
  return message
}

/** The reading end of a ring. Used by one thread only. */
export class RingReader {
  readonly #control: Int32Array
  readonly #headCell: number
  readonly #tailCell: number
  readonly #capacity: number
  readonly #message: Message
  #tail = 0

  constructor(memory: SharedArrayBuffer, control: Int32Array, headCell: number, tailCell: number) {
    this.#control = control
    this.#headCell = headCell
    this.#tailCell = tailCell
    this.#capacity = memory.byteLength
    this.#message = new Message(new ByteReader(memory))
  }

  /** Where the reader stands: equal to the writer's published head when nothing is left to read. */
  get tail(): number {
    return this.#tail
  }

  /** How far the writer has published. */
  get published(): number {
    return Atomics.load(this.#control, this.#headCell)
  }

  get isEmpty(): boolean {
    return this.published === this.#tail
  }

  /** How many bytes are left up to a position that was {@link published} once. */
  distanceTo(position: number): number {
    return (position - this.#tail) | 0
  }

  /** The next message, or null. It stays readable until {@link release}. */
  next(): Message | null {
    for (;;) {
      if (this.isEmpty) return null
      const offset = this.#tail & (this.#capacity - 1)
      if (this.#message.open(offset)) return this.#message
      this.#move(this.#capacity - offset)
    }
  }

  /** Gives the space of the message that {@link next} gave back to the writer. */
  release(): void {
    this.#move(align(this.#message.length))
  }

  #move(bytes: number): void {
    this.#tail = (this.#tail + bytes) | 0
    Atomics.store(this.#control, this.#tailCell, this.#tail)
  }
}
