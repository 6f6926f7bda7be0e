import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

const TICK = 5

/** What the event loop went through while something ran. Times are in milliseconds. */
export interface Watched<T> {
  readonly result: T
  readonly took: number
  readonly longestStall: number
  /** How many times a timer of 5 ms should have fired. */
  readonly ticksExpected: number
  /** How many of those times it fired less than 5 ms late. */
  readonly ticksInTime: number
}

/** Runs `work` and watches the event loop meanwhile. */
export async function watchLoop<T>(work: () => T | Promise<T>): Promise<Watched<T>> {
  using ticker = new Ticker()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // The monitor counts from its first firing on, so that must have happened before the work begins.
  await ticker.turns(2)
  ticker.reset()
  const start = performance.now()
  const result = await work()
  const took = performance.now() - start
  const { inTime } = ticker
  // A loop that was blocked to the end has yet to notice.
  await ticker.turns(2)
  delay.disable()
  const ticksExpected = Math.floor(took / TICK)
  return { result, took, longestStall: delay.max / 1e6, ticksExpected, ticksInTime: Math.min(inTime, ticksExpected) }
}

/** Fires at every full 5 ms since its start, which `setInterval` does not: that one adds up its delays. */
class Ticker {
  inTime = 0
  #start = performance.now()
  #next = 1
  #waiting: Array<() => void> = []
  #timer = this.#arm()

  /** Counts from here. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#start = performance.now()
    this.inTime = 0
    this.#next = 1
    this.#timer = this.#arm()
  }

  /** Resolves when it has fired so many times more. */
  async turns(times: number): Promise<void> {
    for (let turn = 0; turn < times; turn++) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #arm(): NodeJS.Timeout {
    const due = this.#start + this.#next * TICK
    return setTimeout(() => this.#fire(due), Math.max(1, due - performance.now()))
  }

  #fire(due: number): void {
    const now = performance.now()
    if (now - due < TICK) this.inTime++
    this.#next = Math.max(this.#next + 1, Math.ceil((now - this.#start) / TICK))
    this.#timer = this.#arm()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
