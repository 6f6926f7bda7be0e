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
  /** When he came, in the time of a {@link Watch}. */
  readonly since: number
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
  #returned = Number.MIN_SAFE_INTEGER
  /** Nobody has waited since before then. */
  #oldest = Number.NEGATIVE_INFINITY
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

  /**
   * Waits; the signal takes the caller out of the queue. The lane comes taken for the need. Never rejects. Who had a lane
   * before and has to wait `again` waits before all who never had one.
   */
  wait(need: Need, signal: AbortSignal | undefined, since: number = 0, again: boolean = false): Promise<Granted> {
    if (signal?.aborted) return Promise.resolve(null)
    if (!signal) {
      return new Promise((resolve) => this.#adopt({ need, settle: resolve, since, ticket: 0 } as Waiter, again))
    }
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
      const waiter = { need, settle, since, ticket: 0 } as Waiter
      this.#adopt(waiter, again)
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

  /** Sends away all who came before then, in their order. True when there was anybody. */
  expire(before: number, failure: () => Failure): boolean {
    // What is known of who came first spares a look at a long line for as long as nobody in it can be late.
    if (this.#oldest > before || this.size === 0) return false
    const late: Waiter[] = []
    this.#oldest = Number.POSITIVE_INFINITY
    for (const line of [this.#quick, this.#slow]) {
      for (const waiter of line) {
        if (waiter.since <= before) late.push(waiter)
        else if (waiter.since < this.#oldest) this.#oldest = waiter.since
      }
    }
    for (const waiter of late.sort((one, other) => one.ticket - other.ticket)) {
      waiter.line.remove(waiter.place)
      waiter.settle(failure())
    }
    if (late.length > 0) this.#onLeave()
    return late.length > 0
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

  #adopt(waiter: Waiter, again: boolean = false): void {
    waiter.ticket = again ? this.#returned++ : this.#tickets++
    if (waiter.since < this.#oldest) this.#oldest = waiter.since
    waiter.queue = this
    this.#enter(waiter, this.#admission.isQuick(waiter.need) ? this.#quick : this.#slow)
  }

  #enter(waiter: Waiter, line: Fifo<Waiter>): void {
    waiter.line = line
    const { ticket } = waiter
    waiter.place = ticket < 0 ? line.insert(waiter, (other) => other.ticket > ticket) : line.push(waiter)
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
