import { Fifo, type Place } from '../base/fifo.ts'
import type { Failure } from '../contract/failure.ts'
import type { Lane, Need } from './lane.ts'

/** What waiting ends with: the lane, the reason why none will come, or null when the caller gave up first. */
export type Granted = Lane | Failure | null

interface Waiter {
  readonly need: Need
  readonly settle: (granted: Granted) => void
  queue: Fifo<Waiter>
  place: Place<Waiter> | null
}

/** A queue of those who wait for a lane: the first that comes is the first served. */
export class Waiters {
  readonly #queue = new Fifo<Waiter>()

  get size(): number {
    return this.#queue.size
  }

  /** Waits; the signal takes the caller out of the queue. The lane comes taken for the need. Never rejects. */
  wait(need: Need, signal: AbortSignal | undefined): Promise<Granted> {
    if (signal?.aborted) return Promise.resolve(null)
    return new Promise((resolve) => {
      const leave = () => {
        if (waiter.place && waiter.queue.remove(waiter.place)) resolve(null)
      }
      const settle = (granted: Granted) => {
        signal?.removeEventListener('abort', leave)
        resolve(granted)
      }
      const waiter: Waiter = { need, settle, queue: this.#queue, place: null }
      waiter.place = this.#queue.push(waiter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Serves waiters in their order as long as `find` has a lane for the first. */
  serve(find: (need: Need) => Lane | null): void {
    for (let waiter = this.#queue.peek(); waiter; waiter = this.#queue.peek()) {
      const lane = find(waiter.need)
      if (!lane) return
      this.#queue.shift()
      lane.take(waiter.need)
      waiter.settle(lane)
    }
  }

  /** Sends all waiters to the end of another queue, in their order. */
  moveTo(other: Waiters): void {
    for (let waiter = this.#queue.shift(); waiter; waiter = this.#queue.shift()) {
      waiter.queue = other.#queue
      waiter.place = other.#queue.push(waiter)
    }
  }

  refuseAll(failure: Failure): void {
    for (let waiter = this.#queue.shift(); waiter; waiter = this.#queue.shift()) waiter.settle(failure)
  }
}
