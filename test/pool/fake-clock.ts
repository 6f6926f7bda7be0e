import type { Clock, Timer } from '../../src/base/clock.ts'

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

  /** Lets so many milliseconds pass: each timer fires at its own time, those that others set meanwhile too. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let alarm = this.#nextUntil(end); alarm; alarm = this.#nextUntil(end)) {
      this.#alarms.delete(alarm)
      this.#now = Math.max(this.#now, alarm.due)
      alarm.callback()
    }
    this.#now = end
  }

  /** Lets so many milliseconds pass while nothing can run: what came due meanwhile fires late. */
  block(milliseconds: number): void {
    this.hold(milliseconds)
    this.advance(0)
  }

  /** The same, but the loop has yet to come to the timers: what is called until time passes again is called before. */
  hold(milliseconds: number): void {
    this.#now += milliseconds
  }

  #nextUntil(end: number): Alarm | null {
    let first: Alarm | null = null
    for (const alarm of this.#alarms) if (alarm.due <= end && (!first || alarm.due < first.due)) first = alarm
    return first
  }
}
