import type { Clock, Timer } from '../base/clock.ts'

interface FakeTimer {
  readonly callback: () => void
  readonly due: number
}

/**
 * A clock that stands still until it is told to go on, so that a test of deadlines takes no time and never depends on
 * how fast the machine is.
 *
 * @example
 * const clock = new FakeClock()
 * const pool = new ConnectionPool('sqlite:app.db', { clock })
 * const late = pool.runQuery(slowStatement, [], { timeout: 500 })
 * await Promise.all([assert.rejects(late, TimeoutError), clock.advance(500)])
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<FakeTimer>()
  #now: number

  /** @param now what the clock shows at first, in milliseconds */
  constructor(now: number = 0) {
    this.#now = finite('now', now)
  }

  /** How many timers are set and have neither fired nor been cleared. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  setTimer(callback: () => void, milliseconds: number): Timer {
    const timer: FakeTimer = { callback, due: this.#now + notNegative('milliseconds', milliseconds) }
    this.#timers.add(timer)
    return timer
  }

  clearTimer(timer: Timer): void {
    this.#timers.delete(timer as FakeTimer)
  }

  /**
   * Lets time pass. Timers that come due fire in the order of their times, those of the same time in the order in which
   * they were set, each at its own time. Before the first, between any two and after the last, everything that promises
   * have made ready runs, so a timer that is set by what another one caused fires as well when its time comes.
   *
   * Rejects with what a callback throws; the clock then stands at that callback's time.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + notNegative('milliseconds', milliseconds)
    await readyWork()
    for (let timer = this.#nextUntil(end); timer; timer = this.#nextUntil(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.due)
      timer.callback()
      await readyWork()
    }
    this.#now = Math.max(this.#now, end)
  }

  #nextUntil(end: number): FakeTimer | undefined {
    let first: FakeTimer | undefined
    for (const timer of this.#timers) if (timer.due <= end && (!first || timer.due < first.due)) first = timer
    return first
  }
}

// An immediate runs after every microtask and next tick, however long their chains.
function readyWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function notNegative(name: string, value: number): number {
  if (finite(name, value) >= 0) return value
  throw new RangeError(`${name} must not be negative, and is ${value}`)
}

function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw new RangeError(`${name} must be a finite number of milliseconds, not ${String(value)}`)
}
