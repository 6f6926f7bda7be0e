import { ProgrammingError } from '../contract/errors.ts'
import { describe } from './options.ts'

/** What a {@link Feed} gives behind its last item. */
export const END: unique symbol = Symbol('end')

type Source = Iterator<unknown> | AsyncIterator<unknown>
type Answer = IteratorResult<unknown>

/** What a caller gives many of, item by item, whether it is an array, an iterable or an async iterable. */
export class Feed {
  /** Items are asked for and taken; else {@link next} gives them. */
  readonly isAsync: boolean
  readonly #array: readonly unknown[] | null
  readonly #source: Source | null
  #at = 0
  #peeked: Answer | null = null
  #ended = false

  /** Refuses what is no iterable; `what` names it in the message. */
  constructor(given: unknown, what: string) {
    this.#array = isPlainArray(given) ? given : null
    this.#source = this.#array ? null : iteratorOf(given)
    this.isAsync = this.#source !== null && isAsyncIterable(given as object)
    if (!this.#array && !this.#source) throw noIterable(given, what)
  }

  /** The next item, or {@link END}. */
  next(): unknown {
    const array = this.#array
    if (!array) return this.taken(this.asked() as Answer)
    return this.#at < array.length ? array[this.#at++] : END
  }

  /** Asks for the next item; what was answered goes to {@link taken}. */
  asked(): Answer | Promise<Answer> {
    const peeked = this.#peeked
    this.#peeked = null
    return peeked ?? (this.#source as Source).next()
  }

  taken({ done, value }: Answer): unknown {
    if (!done) return value
    this.#ended = true
    return END
  }

  /** The first item, or {@link END}, before any was taken; it will be given again. */
  async first(): Promise<unknown> {
    if (this.#array) return this.#array.length > 0 ? this.#array[0] : END
    const answer = await this.asked()
    this.#peeked = answer
    return this.taken(answer)
  }

  /** Tells the source that no more will be taken. */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    await this.#source?.return?.()
  }
}

// An array whose iterator is the usual one is the same as its items, and cheaper than a million calls of an iterator.
function isPlainArray(given: unknown): given is readonly unknown[] {
  return Array.isArray(given) && given[Symbol.iterator] === Array.prototype.values && !isAsyncIterable(given)
}

function isAsyncIterable(given: object): given is AsyncIterable<unknown> {
  return Symbol.asyncIterator in given
}

function iteratorOf(given: unknown): Source | null {
  if (typeof given !== 'object' || given === null) return null
  if (isAsyncIterable(given)) return given[Symbol.asyncIterator]()
  return Symbol.iterator in given ? (given as Iterable<unknown>)[Symbol.iterator]() : null
}

function noIterable(given: unknown, what: string): ProgrammingError {
  return new ProgrammingError(`${what} must be an iterable or an async iterable, not ${describe(given)}`, {
    code: 'INVALID_SETS',
    kind: 'usage',
  })
}
