/** Measures how long a server takes for statements, as well as one can tell from here. */
export class Stopwatch {
  /** Milliseconds of the way there and back: the shortest that was seen. */
  #distance: number
  /** When the server began with what comes next, as far as that is known. */
  #since = 0
  /** The server had nothing to do at that time: the way there counts as well. */
  #wasIdle = true

  constructor(distance: number) {
    this.#distance = distance
  }

  /** Something was sent, and nothing else was under way. */
  start(): void {
    this.#since = performance.now()
    this.#wasIdle = true
  }

  /**
   * The milliseconds that each of `count` statements took that were answered together; `goesOn` tells whether others are
   * under way.
   */
  share(count: number, goesOn: boolean): number {
    const now = performance.now()
    const elapsed = now - this.#since
    const way = this.#wasIdle ? this.#distance : 0
    // It was overestimated: nobody knows how much of the time was the way.
    if (this.#wasIdle && elapsed < this.#distance) this.#distance = elapsed / 2
    if (goesOn) {
      this.#since = now
      this.#wasIdle = false
    }
    return Math.max(0, elapsed - way) / count
  }
}
