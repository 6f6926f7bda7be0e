import type { Socket } from 'node:net'
import type { Failure } from '../../../contract/index.ts'
import { First, readError, type ServerError } from './answers.ts'
import type { Agreement, Exchange } from './exchange.ts'
import type { PacketReader } from './packet-reader.ts'
import { PacketWriter } from './packet-writer.ts'
import { Packets, type PacketTaker } from './packets.ts'

/** What a line tells whoever has it. */
export interface LineListener {
  /** The server is at this exchange now, and it is to be stopped. */
  reachedToStop(exchange: Exchange): void
  /** The connection is gone: what the server said before, or what went wrong. Gives what its exchanges fail with. */
  lost(reason: ServerError | Error | null): Failure
}

/** Requests that keep a server busy for longer than it takes to send it others. */
const BUSY = 12

/** Requests on their way to the server, and its answers, which come in the same order. */
export class Line implements PacketTaker {
  readonly #socket: Socket
  readonly #agreement: Agreement
  readonly #listener: LineListener
  readonly #packets: Packets
  readonly #out = new PacketWriter()
  readonly #inFlight: Exchange[] = []
  #flushes = false
  #isPaused = false
  #isLost = false
  #now = 0
  #answeredAt = 0
  #sending = 0
  /** Requests that are written and not sent yet. */
  #unsent = 0
  #farewell: ServerError | null = null

  constructor(socket: Socket, agreement: Agreement, mostBytes: number, listener: LineListener) {
    this.#socket = socket
    this.#agreement = agreement
    this.#listener = listener
    this.#packets = new Packets(this, mostBytes)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.#lose(error))
    socket.on('end', () => this.#lose(null))
    socket.on('close', () => this.#lose(null))
    socket.unref()
  }

  get isLost(): boolean {
    return this.#isLost
  }

  get inFlight(): number {
    return this.#inFlight.length
  }

  /** What the server is at. */
  get head(): Exchange | undefined {
    return this.#inFlight[0]
  }

  /** Sends a request, with all others of the same turn of the event loop. */
  send(exchange: Exchange): void {
    // What is not wanted yet stands before the answer to this.
    this.resume()
    exchange.write(this.#out)
    if (this.#inFlight.length === 0) this.#socket.ref()
    this.#inFlight.push(exchange)
    this.#flushSoon(exchange)
  }

  /** Sends a request that has no answer. */
  post(write: (out: PacketWriter) => void): void {
    write(this.#out)
    this.#flushSoon(null)
  }

  /** Takes no more answers for now, and with it the server's rows. */
  pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Sends what was posted, and nothing more. */
  end(): void {
    this.#flush()
    this.#socket.end()
  }

  destroy(reason: Error | null = null): void {
    this.#lose(reason)
  }

  packet(reader: PacketReader): void {
    const exchange = this.#inFlight[0]
    if (!exchange) {
      if (reader.peek() === First.error) this.#farewell = readError(reader)
      return
    }
    if (!exchange.take(reader, this.#agreement)) return
    this.#inFlight.shift()
    this.resume()
    if (this.#inFlight.length === 0) this.#socket.unref()
    exchange.settle(this.#now - Math.max(exchange.sentAt, this.#answeredAt))
    this.#answeredAt = this.#now
    if (this.#unsent > 0 && this.#inFlight.length - this.#unsent < BUSY) this.#flush()
    const next = this.#inFlight[0]
    if (next?.toStop) this.#listener.reachedToStop(next)
  }

  oversized(): void {
    this.#inFlight[0]?.oversized()
  }

  #receive(chunk: Buffer): void {
    if (this.#isLost) return
    this.#now = performance.now()
    try {
      this.#packets.push(chunk)
    } catch (error) {
      // What cannot be read puts everything behind it in doubt.
      this.#lose(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #flushSoon(exchange: Exchange | null): void {
    this.#unsent += exchange ? 1 : 0
    if (!this.#flushes) {
      this.#flushes = true
      this.#sending = performance.now()
      queueMicrotask(() => this.#flushUnlessBusy())
    }
    if (exchange) exchange.sentAt = this.#sending
  }

  // A server that has enough to do loses nothing when what comes next comes together.
  #flushUnlessBusy(): void {
    if (this.#inFlight.length - this.#unsent < BUSY) this.#flush()
  }

  #flush(): void {
    this.#flushes = false
    this.#unsent = 0
    const written = this.#out.flush()
    if (written && !this.#isLost) this.#socket.write(written)
  }

  #lose(error: Error | null): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#socket.destroy()
    const failure = this.#listener.lost(this.#farewell ?? error)
    for (const exchange of this.#inFlight.splice(0)) exchange.lose(failure)
  }
}
