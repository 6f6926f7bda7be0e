import { Fifo } from './fifo.ts'

/** Lets one in at a time, in the order of asking. Whoever was let in must {@link leave}. */
export class Turns {
  readonly #waiting = new Fifo<() => void>()
  #taken = false

  /** Undefined when it is one's turn at once, else a promise of it. */
  enter(): Promise<void> | undefined {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#taken = true
    return undefined
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken = false
  }
}
