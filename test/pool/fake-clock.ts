import type { Clock, Timer } from '../../src/base/clock.ts'

/** Options of a pool that sets no timer but those of calls: nothing is closed or probed for having rested. */
export const unkept = { idleTimeout: Infinity, validateAfterIdle: Infinity } as const

interface Alarm {
  readonly due: number
  readonly callback: () => void
}

/** A clock whose time only passes when a test says so. */
export class FakeClock implements Clock {
  readonly #alarms = new Set<Alarm>()
  #now = 0

  /** Timers that were set and have neither fired nor been cleared. */
  get pending(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  setTimer(callback: () => void, milliseconds: number): Timer {
    const alarm = { due: this.#now + milliseconds, callback }
    this.#alarms.add(alarm)
    return alarm
  }

  clearTimer(timer: Timer): void {
    this.#alarms.delete(timer as Alarm)
  }

  /** Lets so many milliseconds pass. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const alarm of this.#alarms) {
      if (alarm.due > this.#now) continue
      this.#alarms.delete(alarm)
      alarm.callback()
    }
  }
}
