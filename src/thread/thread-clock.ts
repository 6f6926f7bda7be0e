/**
 * A thread's time in milliseconds. Asking for it costs as much as writing a row, so it is asked once per statement: what
 * ends one also starts the next.
 */
export class ThreadClock {
  /** The time when it was last asked. */
  last = performance.now()

  /** The time now. */
  now(): number {
    this.last = performance.now()
    return this.last
  }
}
