/** A call that was made; its promise is there once it has been started. */
interface Made {
  call: Promise<unknown> | null
  /** Somebody waits for it, or said what is to be done when it fails. */
  heard: boolean
}

// Gives back what it is given, so that a class that extends it puts its private fields on objects made elsewhere: a
// WeakMap does the same in four times the time.
function itself(object: object): object {
  return object
}

/** A promise that tells its call when somebody begins to wait for it. */
class Listening extends (itself as unknown as new (promise: object) => object) {
  readonly #made: Made

  constructor(promise: Promise<unknown>, made: Made) {
    super(promise)
    this.#made = made
    Object.setPrototypeOf(promise, listening)
  }

  static hear(promise: object): void {
    if (#made in promise) promise.#made.heard = true
  }
}

// What `await`, `then` and all that is made of them read first of a promise is its constructor. So a promise whose
// constructor has never been asked for is one that nobody has ever waited for.
const listening = Object.create(Promise.prototype, {
  constructor: {
    configurable: true,
    get(this: object): PromiseConstructor {
      Listening.hear(this)
      return Promise
    },
  },
})

/**
 * The calls that were made on a session, so that none is forgotten: those that still run when the session is to end, and
 * those that failed before and whose failure nobody could have noticed.
 */
export class MadeCalls {
  readonly #pending = new Set<Made>()
  /** Calls that had failed when nobody waited for them, with their errors. */
  readonly #unheard = new Map<Made, unknown>()

  /**
   * Makes a call and remembers it, since the caller may forget to await it. Its rejection is no unhandled one:
   * {@link settle} finds it.
   */
  track<T>(work: () => Promise<T>): Promise<T> {
    const made: Made = { call: null, heard: false }
    this.#pending.add(made)
    const call = this.#follow(made, work)
    made.call = call
    new Listening(call, made)
    return call
  }

  /**
   * Waits for the calls that nobody awaited; throws the first failure among them. A failure that somebody waited for
   * before is none: it was dealt with, or became the error of whoever waited.
   */
  async settle(): Promise<void> {
    let late: PromiseRejectedResult | null = null
    while (this.#pending.size > 0) {
      const settled = await Promise.allSettled([...this.#pending].map(({ call }) => call))
      late ??= settled.find((result) => result.status === 'rejected') ?? null
    }
    for (const [made, error] of this.#unheard) if (!made.heard) throw error
    if (late) throw late.reason
  }

  // Until the call has failed nobody but its caller waits for its promise: a stack goes from one that waits to the next,
  // and ends where there are two.
  async #follow<T>(made: Made, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!made.heard) this.#unheard.set(made, error)
      queueMicrotask(() => calm(made))
      throw error
    } finally {
      this.#pending.delete(made)
    }
  }
}

// It must not pass for heard because of what is done here.
function calm(made: Made): void {
  const { call, heard } = made
  call?.catch(() => undefined)
  made.heard = heard
}
