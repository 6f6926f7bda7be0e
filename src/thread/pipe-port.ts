import { readSync, writevSync } from 'node:fs'
import { asleep, cell, createMemory, type SharedMemory } from './memory.ts'
import { Inlet, Outlet } from './pipe.ts'
import type { ThreadPort } from './port.ts'
import { ProcessDecisions } from './process-decisions.ts'

const READ_BYTES = 64 * 1024

/** The pipes of a process. */
export interface PipeEnds {
  readonly requests: number
  readonly replies: number
}

/**
 * The process's side of the port to the loop. It has nothing else to do while it waits, so it reads and writes its pipes
 * as it does everything: blocking.
 */
export class PipePort implements ThreadPort {
  readonly memory: SharedMemory = createMemory()
  /** What the loop sends is seen only when it is read. */
  readonly parallel = false
  readonly decisions: ProcessDecisions
  readonly #ends: PipeEnds
  readonly #onLost: () => never
  readonly #control = new Int32Array(this.memory.control)
  readonly #inlet: Inlet
  readonly #outlet: Outlet
  readonly #buffer = new Uint8Array(READ_BYTES)
  /** What was read and did not fit into the ring. */
  #left = new Uint8Array(0)
  #leftFrom = 0

  /** @param onLost ends the process: nobody is at the other end */
  constructor(ends: PipeEnds, onLost: () => never) {
    const { requests, replies } = this.memory
    this.#ends = ends
    this.#onLost = onLost
    this.#inlet = new Inlet(requests, this.#control, cell.requestHead, cell.requestTail)
    this.#outlet = new Outlet(replies, this.#control, cell.replyHead, cell.replyTail)
    this.decisions = new ProcessDecisions(this.#control)
    this.#expectWake()
  }

  /** Waits for the message beside the ring with which the loop begins. */
  receiveFirst(): ArrayBuffer {
    for (;;) {
      const message = this.#inlet.receive()
      if (message) return message
      this.#read()
    }
  }

  wakeLoop(): void {
    this.#write()
    this.#expectWake()
  }

  sleep(state: number): void {
    this.#write()
    if (state === asleep.forRequests) while (this.#isEmpty) this.#read()
  }

  send(message: ArrayBuffer): void {
    this.#outlet.add(message)
  }

  receive(): ArrayBuffer {
    return this.#inlet.receive() as ArrayBuffer
  }

  // The loop is always taken to sleep, so that all news is written out.
  #expectWake(): void {
    Atomics.store(this.#control, cell.loopAsleep, 1)
  }

  get #isEmpty(): boolean {
    const head = Atomics.load(this.#control, cell.requestHead)
    return head === Atomics.load(this.#control, cell.requestTail)
  }

  #read(): void {
    if (this.#leftFrom === this.#left.length) {
      this.#left = this.#buffer.subarray(
        0,
        this.#guarded(() => readSync(this.#ends.requests, this.#buffer)),
      )
      this.#leftFrom = 0
      if (this.#left.length === 0) this.#onLost()
    }
    this.#leftFrom = this.#inlet.feed(this.#left, this.#leftFrom)
  }

  #write(): void {
    let parts = this.#outlet.take()
    while (parts.length > 0) {
      const written = this.#guarded(() => writevSync(this.#ends.replies, parts))
      parts = rest(parts, written)
    }
    this.#outlet.sent()
  }

  #guarded(io: () => number): number {
    try {
      return io()
    } catch {
      // The pipe is broken: the application is gone.
      return this.#onLost()
    }
  }
}

/** What is left of these when so many bytes of them are done. */
function rest(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let done = bytes
  const left: Uint8Array[] = []
  for (const part of parts) {
    if (done < part.length) left.push(part.subarray(done))
    done = Math.max(0, done - part.length)
  }
  return left
}
