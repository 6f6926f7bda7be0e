/** How to go on after an attempt that failed. */
export interface Advice {
  /** Milliseconds before the next attempt. */
  readonly delay: number
  /** So many attempts failed lately that it is time to give up for a while. */
  readonly stops: boolean
}

/** Of the attempts in so many milliseconds ... */
const WINDOW = 10_000
/** ... so many may fail for good before there is a pause. */
const MOST_FAILURES = 5
/** The longest pauses between attempts that fail in a row: 50, 100, 200, ... milliseconds, at most one second. */
const FIRST_DELAY = 50
const LONGEST_DELAY = 1000
/** The longest pauses after too many failures: 5, 10, 20, ... seconds, at most 30; one attempt between two of them. */
const FIRST_PAUSE = 5000
const LONGEST_PAUSE = 30_000
/** Failures as old as this no longer count for anything. */
const FORGOTTEN = 60_000

/**
 * Says when to try again what failed, so that many who try do not do so in step and nothing is tried in a storm. Knows
 * no timers: whoever asks tells the time, in milliseconds.
 */
export class Pace {
  readonly #random: () => number
  #inARow = 0
  #pauses = 0
  /** When attempts failed for good lately, and when what they gave did not last. */
  #failures: number[] = []
  #deaths: number[] = []
  #last = Number.NEGATIVE_INFINITY

  /** @param random gives numbers from 0 up to, but not including, 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** An attempt failed in a way that passes by itself: it is worth going on without an end. */
  failedForNow(): Advice {
    return { delay: this.#delay(), stops: false }
  }

  /** An attempt failed in a way that need not pass. */
  failed(now: number): Advice {
    this.#failures.push(now)
    return this.#advice(now)
  }

  /** An attempt succeeded, but what it gave ended before it was of use to anybody. */
  died(now: number): Advice {
    this.#deaths.push(now)
    return this.#advice(now)
  }

  /** An attempt succeeded. */
  succeeded(): void {
    this.#failures = []
    if (this.#deaths.length === 0) this.#forget()
  }

  /** What the attempts gave has been of use. */
  proved(): void {
    this.#deaths = []
    this.succeeded()
  }

  #advice(now: number): Advice {
    if (now - this.#last > FORGOTTEN) this.#forget()
    this.#last = now
    const recent = (time: number) => now - time < WINDOW
    this.#failures = this.#failures.filter(recent)
    this.#deaths = this.#deaths.filter(recent)
    const few = this.#failures.length + this.#deaths.length < MOST_FAILURES
    if (few && this.#pauses === 0) return { delay: this.#delay(), stops: false }
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#pauses++)
    return { delay: (longest * (1 + this.#random())) / 2, stops: true }
  }

  #forget(): void {
    this.#inARow = 0
    this.#pauses = 0
  }

  #delay(): number {
    return this.#random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#inARow++)
  }
}
