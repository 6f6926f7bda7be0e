import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../base/clock.ts'

/** One write: until it has ended nobody knows when it was committed. */
interface Write {
  /** By then it, and those before it that had ended, were committed; Infinity while it runs. */
  at: number
  /** The one before it that had not ended when it began. */
  readonly before: Write | null
}

/**
 * Knows when the running code, or whoever called it, has last written: what it reads later must have that. A context is
 * what `AsyncLocalStorage` takes for one: a request and all that follows from it.
 */
export class Writes {
  readonly #last = new AsyncLocalStorage<Write>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** By when all was committed that the running code has written; -Infinity when it wrote nothing. */
  get last(): number {
    return latest(this.#last.getStore() ?? null)
  }

  /** The running code begins to write. Gives what is to be called at the end, whatever came of it. */
  begin(): () => void {
    const before = this.#last.getStore() ?? null
    const known = before && before.at !== RUNNING ? latest(before) : Number.NEGATIVE_INFINITY
    const write: Write = {
      at: RUNNING,
      before: known === Number.NEGATIVE_INFINITY ? before : { at: known, before: null },
    }
    this.#last.enterWith(write)
    return () => {
      write.at = this.#clock.now()
    }
  }
}

const RUNNING = Number.POSITIVE_INFINITY

// What has not ended is nothing that anybody could wait to see.
function latest(write: Write | null): number {
  let last = Number.NEGATIVE_INFINITY
  for (let at = write; at; at = at.before) if (at.at !== RUNNING && at.at > last) last = at.at
  return last
}
