import { Fifo, type Place } from '../base/fifo.ts'
import type { Failure } from '../contract/failure.ts'
import type { Admission } from './admission.ts'
import type { Lane, Need } from './lane.ts'

/** What waiting ends with: the lane, the reason why none will come, or null when the caller gave up first. */
export type Granted = Lane | Failure | null

/** A caller who waits. */
interface Waiter {
  readonly need: Need
  readonly settle: (granted: Granted) => void
  /** Who came first has the lower one. */
  ticket: number
  queue: Waiters
  line: Fifo<Waiter>
  place: Place<Waiter>
}

/**
 * Those who wait for the lanes of one role, in two lines: the quick ones and the slow ones. Whoever came first of the
 * two who stand in front has the turn. If a slow one has it and cannot be placed, a lane is reserved for him, and quick
 * ones go before him on the others. Each waiting and each serving costs constant time.
 */
export class Waiters {
  readonly #admission: Admission
  readonly #quick = new Fifo<Waiter>()
  readonly #slow = new Fifo<Waiter>()
  readonly #onLeave: () => void
  #tickets = 0
  /** Some in the slow line may be quick by now. */
  #outdated = false
  /** Comings and goings since the slow line was last looked through. */
  #events = 0

  /** @param onLeave called when somebody left who may have stood in others' way */
  constructor(admission: Admission, onLeave: () => void) {
    this.#admission = admission
    this.#onLeave = onLeave
  }

  get size(): number {
    return this.#quick.size + this.#slow.size
  }

  /** How many of them are slow. */
  get slow(): number {
    return this.#slow.size
  }

  /** Whether a caller who comes now has to wait for those who came before. */
  blocks(need: Need): boolean {
    return this.#quick.size > 0 || (this.#slow.size > 0 && !this.#admission.isQuick(need))
  }

  /** Waits; the signal takes the caller out of the queue. The lane comes taken for the need. Never rejects. */
  wait(need: Need, signal: AbortSignal | undefined): Promise<Granted> {
    if (signal?.aborted) return Promise.resolve(null)
    if (!signal) return new Promise((resolve) => this.#adopt({ need, settle: resolve, ticket: 0 } as Waiter))
    return new Promise((resolve) => {
      const leave = () => {
        if (!waiter.line.remove(waiter.place)) return
        resolve(null)
        waiter.queue.#onLeave()
      }
      const settle = (granted: Granted) => {
        signal.removeEventListener('abort', leave)
        resolve(granted)
      }
      const waiter = { need, settle, ticket: 0 } as Waiter
      this.#adopt(waiter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** Serves waiters as long as there are lanes for those whose turn it is. Called when one comes, and when a lane may be free. */
  serve(): void {
    this.#events++
    if (this.#outdated && this.#events >= this.#slow.size) this.#lookThrough()
    while (this.#serveNext());
  }

  /** Called when what was slow may be quick from now on. */
  lookAgain(): void {
    this.#outdated = true
  }

  /** Sends all waiters to the end of another queue, in their order. */
  moveTo(other: Waiters): void {
    for (let waiter = this.#shift(); waiter; waiter = this.#shift()) other.#adopt(waiter)
  }

  refuseAll(failure: Failure): void {
    for (let waiter = this.#shift(); waiter; waiter = this.#shift()) waiter.settle(failure)
  }

  #serveNext(): boolean {
    const quick = this.#quick.peek()
    const slow = this.#slow.peek()
    if (slow && isFirst(slow, quick)) {
      // He was thought to be slow when he came, and needs no lane alone any more: what is reserved is not for him.
      const isQuick = this.#admission.isQuick(slow.need)
      if (isQuick) this.#admission.release()
      if (this.#grant(slow)) return true
      if (!isQuick) this.#admission.reserve()
    } else this.#admission.release()
    if (!quick) return false
    if (this.#admission.isQuick(quick.need)) return this.#grant(quick)
    // It was thought to be quick when it came, and has turned out to be slow meanwhile.
    this.#quick.shift()
    this.#enter(quick, this.#slow)
    return true
  }

  #grant(waiter: Waiter): boolean {
    const lane = this.#admission.place(waiter.need)
    if (!lane) return false
    waiter.line.remove(waiter.place)
    waiter.settle(lane)
    return true
  }

  #adopt(waiter: Waiter): void {
    waiter.ticket = this.#tickets++
    waiter.queue = this
    this.#enter(waiter, this.#admission.isQuick(waiter.need) ? this.#quick : this.#slow)
  }

  #enter(waiter: Waiter, line: Fifo<Waiter>): void {
    waiter.line = line
    waiter.place = line.push(waiter)
  }

  #shift(): Waiter | undefined {
    const quick = this.#quick.peek()
    const slow = this.#slow.peek()
    return slow && isFirst(slow, quick) ? this.#slow.shift() : this.#quick.shift()
  }

  // Only after as many comings and goings as the line is long, so that it costs each of them a constant share.
  #lookThrough(): void {
    this.#outdated = false
    this.#events = 0
    for (let left = this.#slow.size; left > 0; left--) {
      const waiter = this.#slow.shift() as Waiter
      this.#enter(waiter, this.#admission.isQuick(waiter.need) ? this.#quick : this.#slow)
    }
  }
}

function isFirst(waiter: Waiter, other: Waiter | undefined): boolean {
  return !other || waiter.ticket < other.ticket
}
