import { AsyncLocalStorage } from 'node:async_hooks'

/** Runs work in the place where a hold began. */
export type Inside = <T>(work: () => T) => T

/**
 * Something of the pool's that lasts as long as a callback, kept open from outside the callback: Kysely begins and ends in
 * separate calls what the pool does around one.
 */
export class Hold {
  /** Runs work inside: its calls through the pool join what is held. */
  readonly inside: Inside
  readonly #over: PromiseWithResolvers<void>
  readonly #done: Promise<unknown>

  private constructor(inside: Inside, over: PromiseWithResolvers<void>, done: Promise<unknown>) {
    this.inside = inside
    this.#over = over
    this.#done = done
  }

  /**
   * Begins; resolves when the callback has been called.
   *
   * @param around calls the callback with what is to be held around it
   */
  static async begin(around: (callback: () => Promise<void>) => Promise<unknown>): Promise<Hold> {
    const begun = Promise.withResolvers<Inside>()
    const over = Promise.withResolvers<void>()
    const done = around(() => {
      begun.resolve(AsyncLocalStorage.snapshot())
      return over.promise
    })
    done.catch(begun.reject)
    return new Hold(await begun.promise, over, done)
  }

  /** Ends it well: what was done is kept. Throws why that was not possible. */
  async keep(): Promise<void> {
    this.#over.resolve()
    await this.#done
  }

  /** Ends it by undoing what was done. */
  async undo(): Promise<void> {
    const why = new Error('rolled back')
    this.#over.reject(why)
    try {
      await this.#done
    } catch (error) {
      if (error !== why) throw error
    }
  }
}
