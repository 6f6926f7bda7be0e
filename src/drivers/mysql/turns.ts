/** A call that waits for its turn on a connection. */
export interface Turn {
  /** It runs while nothing else does. */
  readonly alone: boolean
  start(): void
}

/** The most calls that are with the server at a time: enough that it never waits for the next one. */
const TOGETHER = 32

/** Lets calls run in the order in which they were made: several together, or one alone. */
export class Turns {
  readonly #waiting: Turn[] = []
  #from = 0
  #running = 0
  #isAlone = false
  #holds = 0

  get pending(): number {
    return this.#running + this.#waiting.length - this.#from
  }

  get running(): number {
    return this.#running
  }

  enter(turn: Turn): void {
    this.#waiting.push(turn)
    this.#go()
  }

  /** Begins a call out of its turn, which is only to be refused. */
  startNow(turn: Turn): void {
    this.#running++
    turn.start()
  }

  /** Takes back a call that has not begun; false when it has. */
  leave(turn: Turn): boolean {
    const at = this.#waiting.indexOf(turn, this.#from)
    if (at < 0) return false
    this.#waiting.splice(at, 1)
    this.#go()
    return true
  }

  /** A call is over. */
  end(): void {
    this.#running--
    this.#isAlone = false
    this.#go()
  }

  /** Lets nothing begin until it is let go as often. */
  hold(): void {
    this.#holds++
  }

  letGo(): void {
    this.#holds--
    this.#go()
  }

  /** All that wait, which now never begin. */
  takeAll(): readonly Turn[] {
    const all = this.#waiting.slice(this.#from)
    this.#waiting.length = 0
    this.#from = 0
    return all
  }

  #go(): void {
    while (this.#holds === 0 && !this.#isAlone && this.#from < this.#waiting.length) {
      const next = this.#waiting[this.#from] as Turn
      if (next.alone ? this.#running > 0 : this.#running >= TOGETHER) return
      this.#take()
      this.#running++
      this.#isAlone = next.alone
      next.start()
    }
  }

  #take(): void {
    this.#from++
    if (this.#from < 64 && this.#from < this.#waiting.length) return
    this.#waiting.splice(0, this.#from)
    this.#from = 0
  }
}
