/** How a {@link Patience} is to wait. Times are milliseconds. */
export interface PatienceSetting {
  /** The longest pause for which it pays to look again and again instead of sleeping. */
  readonly shortPause: number
  /** While pauses are longer, one of so many is looked through all the same, to find out whether they still are. */
  readonly trialEvery: number
}

/** How many pauses in a row that were too long it takes to give up looking. */
const MOST_PATIENCE = 8
/** What one pause that was too long costs of that, where one that was short earns 1. */
const LOSS = 2

/**
 * Decides whether one side of a lane that has nothing to do sleeps at once or looks for news a while first. Sleeping
 * costs little but being woken costs both the waker and the woken more than many a statement; looking costs a core. So
 * it looks only while looking has been worth it of late, and never longer than that: who is idle sleeps. Only pauses
 * that were looked through teach anything. Those that were slept through may be short because no core was free to look
 * with, and then to look would make them longer.
 */
export class Patience {
  readonly #setting: PatienceSetting
  readonly #now: () => number
  #left = 0
  #looks = false
  #started = 0
  #pauses = 0

  constructor(setting: PatienceSetting, now: () => number) {
    this.#setting = setting
    this.#now = now
  }

  /** A pause starts: whether to look for news until {@link isOver}. */
  start(): boolean {
    this.#started = this.#now()
    this.#looks = this.#left > 0 || ++this.#pauses % this.#setting.trialEvery === 0
    return this.#looks
  }

  /** Whether it is time to sleep. */
  get isOver(): boolean {
    return this.#now() - this.#started > this.#setting.shortPause
  }

  /** News came: the pause has ended. Without a {@link start} before it, it teaches nothing. */
  end(): void {
    if (!this.#looks) return
    this.#looks = false
    if (this.isOver) this.#left = Math.max(0, this.#left - LOSS)
    else this.#left = this.#left === 0 ? MOST_PATIENCE / 2 : Math.min(MOST_PATIENCE, this.#left + 1)
  }
}
