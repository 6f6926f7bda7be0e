/** So many first runs in a row that were slow, and no statement is believed to be fast before it has run. */
const PATIENCE = 3

/**
 * What is expected of statements that never ran, from how others fared on their first run. At first one is tried at a
 * time; each that was fast lets twice as many be tried together, and one that was slow leads back to one.
 */
export class Confidence {
  readonly #most: number
  #together = 1
  #slowInARow = 0

  /** @param most how many may be tried together on one lane in the best case */
  constructor(most: number) {
    this.#most = most
  }

  /** How many may be tried together on one lane. */
  get together(): number {
    return this.#together
  }

  /** Whether one that never ran is more likely fast than slow. */
  get isHigh(): boolean {
    return this.#slowInARow < PATIENCE
  }

  /** Remembers a first run. */
  learn(slow: boolean): void {
    this.#slowInARow = slow ? this.#slowInARow + 1 : 0
    this.#together = slow ? 1 : Math.min(this.#together * 2, this.#most)
  }
}
