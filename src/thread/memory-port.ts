import type { BlockingDriver } from '../contract/driver.ts'
import { Host } from './host.ts'
import { asleep, cell, createMemory, type SharedMemory } from './memory.ts'
import type { Exit, LoopPort, ThreadPort } from './port.ts'

/**
 * A thread without a thread: both sides of a lane in one, with the thread's side run step by step. It makes every order
 * of events a test can think of happen, and counts what crosses.
 *
 * @example
 * const thread = new MemoryThread(driver)
 * const connection = ThreadConnection.open(thread, {}, { role: 'any', name: 'test' })
 * await thread.run()
 */
export class MemoryThread implements LoopPort, ThreadPort {
  readonly memory: SharedMemory
  readonly parallel = false
  /** How often each side woke the other. */
  readonly wakes = { thread: 0, loop: 0 }
  /** Whether the loop's side wants the process to stay alive. */
  held = false
  readonly #host: Host
  readonly #control: Int32Array
  readonly #toThread: ArrayBuffer[] = []
  readonly #toLoop: ArrayBuffer[] = []
  #onExit: ((exit: Exit) => void) | null = null
  #waiting: (() => void) | null = null
  #inside = false
  #ended = false

  constructor(driver: BlockingDriver, memory: SharedMemory = createMemory()) {
    this.memory = memory
    this.#control = new Int32Array(memory.control)
    this.#host = new Host(this, { driver: driver as BlockingDriver<unknown> })
  }

  /** Bytes that crossed beside the rings and were not taken yet. */
  get beside(): number {
    return [...this.#toThread, ...this.#toLoop].reduce((sum, message) => sum + message.byteLength, 0)
  }

  /** Lets the thread answer everything that it can see, and go back to sleep. */
  step(): void {
    if (this.#ended) return
    this.#inside = true
    const goesOn = this.#host.drain()
    this.#inside = false
    if (!goesOn) return this.end({ code: 0 })
    // Where a thread would now wait, this one waits for its next step.
    Atomics.store(this.#control, cell.threadAsleep, asleep.forRequests)
    this.#deliver()
  }

  /** Steps, and lets the loop's side go on in between, until neither has anything to do. */
  async run(): Promise<void> {
    for (let before = -1; before !== this.#moves; ) {
      before = this.#moves
      await new Promise((resolve) => setImmediate(resolve))
      await this.#host.interval
      this.step()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Ends the thread, as its death would. */
  end(exit: Exit): void {
    if (this.#ended) return
    this.#ended = true
    this.#onExit?.(exit)
  }

  wakeThread(): void {
    this.wakes.thread++
  }

  wakeLoop(): void {
    this.wakes.loop++
  }

  onWake(callback: () => void): void {
    this.#waiting = callback
    queueMicrotask(() => this.#deliver())
  }

  send(message: ArrayBuffer): void {
    const queue = this.#inside ? this.#toLoop : this.#toThread
    queue.push(message)
  }

  receive(): ArrayBuffer {
    const queue = this.#inside ? this.#toThread : this.#toLoop
    return queue.shift() as ArrayBuffer
  }

  hold(): void {
    this.held = true
  }

  release(): void {
    this.held = false
  }

  onExit(callback: (exit: Exit) => void): void {
    this.#onExit = callback
  }

  /** Lets the loop read, since both sides take turns here; for requests it never waits, since a step ends then. */
  sleep(): void {
    this.#inside = false
    this.#deliver()
    this.#inside = true
  }

  get #moves(): number {
    let sum = 0
    for (const at of [cell.requestHead, cell.requestTail, cell.replyHead, cell.replyTail]) {
      sum += Atomics.load(this.#control, at)
    }
    return sum
  }

  #deliver(): void {
    const callback = this.#waiting
    if (!callback || Atomics.load(this.#control, cell.loopAsleep) === 1) return
    this.#waiting = null
    callback()
  }
}
