import { ProtocolError } from './errors.ts'

/** Takes one message: its type, and its content, which stands in `bytes` from `at` to `end` until the call returns. */
export type TakeMessage = (type: number, bytes: Buffer, at: number, end: number) => void

const HEADER = 5
/** A message of another kind than a row is never so long. */
const EMPTY = Buffer.alloc(0)

/** Puts the messages of a server together again from what comes, in whatever pieces. */
export class Inbox {
  readonly #take: TakeMessage
  readonly #longest: number
  /** The beginning of a message whose end has not come. */
  #rest: Buffer = EMPTY
  #length = 0

  /** @param longest the most bytes that a message may have; a longer one is refused before it has come */
  constructor(take: TakeMessage, longest: number) {
    this.#take = take
    this.#longest = longest
  }

  receive(piece: Buffer): void {
    let bytes = piece
    let from = 0
    while (this.#length > 0) {
      const wanted = this.#wanted
      if (this.#length + bytes.length - from < wanted) return this.#keep(bytes, from)
      const missing = wanted - this.#length
      this.#keep(bytes.subarray(from, from + missing), 0)
      from += missing
      if (this.#wanted > this.#length) continue
      const whole = this.#rest
      const length = this.#length
      this.#rest = EMPTY
      this.#length = 0
      this.#take(whole[0] as number, whole, HEADER, length)
    }
    const rest = this.#takeAll(bytes, from)
    if (rest < bytes.length) {
      bytes = bytes.subarray(rest)
      this.#rest = Buffer.allocUnsafeSlow(Math.max(bytes.length, bytes.length < HEADER ? 64 : this.#lengthOf(bytes, 0)))
      this.#rest.set(bytes)
      this.#length = bytes.length
    }
  }

  /** Gives every message that is there whole; gives where the rest begins. */
  #takeAll(bytes: Buffer, from: number): number {
    let at = from
    while (bytes.length - at >= HEADER) {
      const end = at + this.#lengthOf(bytes, at)
      if (end > bytes.length) return at
      this.#take(bytes[at] as number, bytes, at + HEADER, end)
      at = end
    }
    return at
  }

  /** How long the message in the rest is, as far as that can be told. */
  get #wanted(): number {
    return this.#length < HEADER ? HEADER : this.#lengthOf(this.#rest, 0)
  }

  #lengthOf(bytes: Buffer, at: number): number {
    const length =
      ((bytes[at + 1] as number) << 24) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 8) |
      (bytes[at + 4] as number)
    if (length < 4) throw new ProtocolError(`a message of ${length} bytes cannot be PostgreSQL's`)
    if (length > this.#longest) throw new TooLongError(length)
    return length + 1
  }

  #keep(bytes: Buffer, from: number): void {
    const length = this.#length + bytes.length - from
    if (length > this.#rest.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(length, this.#wanted))
      room.set(this.#rest.subarray(0, this.#length))
      this.#rest = room
    }
    this.#rest.set(from === 0 ? bytes : bytes.subarray(from), this.#length)
    this.#length = length
  }
}

/** Says that a message would be longer than anybody wants to keep. */
export class TooLongError extends Error {
  constructor(length: number) {
    super(`a message of ${length} bytes is longer than maxResultBytes allows`)
  }
}
