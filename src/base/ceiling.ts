/** The pauses before one more is tried than there was room for: 1, 2, 4, ... seconds, at most 30. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000

/**
 * How many there may be of what somebody else has only so many of: as many as there were when one more was refused, until
 * one more is tried. Knows no timers.
 */
export class Ceiling {
  readonly #random: () => number
  #most = Number.POSITIVE_INFINITY
  #refusals = 0

  /** @param random gives numbers from 0 up to, but not including, 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Whether there may be one more than so many. */
  admits(count: number): boolean {
    return count < this.#most
  }

  /** One more was refused when there were so many. Gives the milliseconds after which to {@link rise}. */
  lower(count: number): number {
    this.#most = count
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#refusals++)
    return (longest * (1 + this.#random())) / 2
  }

  /** One more may be tried. */
  rise(): void {
    this.#most++
  }

  /** There was room for one more. */
  lift(): void {
    this.#most = Number.POSITIVE_INFINITY
    this.#refusals = 0
  }
}
