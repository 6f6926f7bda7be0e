import { describe } from '../../contract/checks.ts'
import { modelError } from '../errors.ts'
import { sentenceOf } from './texts.ts'

/** One thing that is wrong with a record. */
export interface RecordProblem {
  /** The attribute, or whatever else has this name; null for the record as a whole. */
  readonly attribute: string | null
  /** `cannot be blank.` */
  readonly message: string
  /** `First Name cannot be blank.` */
  readonly fullMessage: string
}

/**
 * What is wrong with a record, in the order in which it was found. Iterating gives one {@link RecordProblem} after the
 * other.
 *
 * @example
 * if (!(await user.isValid())) console.log(user.errors.errorsFor('firstName'), user.errors.fullMessages)
 */
export class RecordErrors implements Iterable<RecordProblem> {
  readonly #messages = new Map<string | null, string[]>()
  readonly #sentence: (attribute: string | null, message: string) => string

  /** Records make theirs themselves. */
  constructor(
    model: { readonly name: string },
    sentence = (attribute: string | null, message: string) => sentenceOf(model, attribute, message),
  ) {
    this.#sentence = sentence
  }

  /**
   * Adds what is wrong with an attribute, or with anything else that has a name; with the record as a whole for null.
   * The same message for the same name is there once.
   */
  add(name: string | null, message: string): this {
    if ((name !== null && typeof name !== 'string') || typeof message !== 'string') {
      const given = typeof message === 'string' ? describe(name) : describe(message)
      throw modelError('INVALID_VALIDATION', `errors.add takes a name or null, and a text, not ${given}`)
    }
    const messages = this.#messages.get(name) ?? []
    this.#messages.set(name, messages)
    if (!messages.includes(message)) messages.push(message)
    return this
  }

  /** Adds all of these. */
  addAll(others: RecordErrors): this {
    for (const [name, messages] of others.#messages) for (const message of messages) this.add(name, message)
    return this
  }

  /** The messages for a name, or for the record as a whole: an empty list if there are none. */
  errorsFor(name: string | null): readonly string[] {
    return [...(this.#messages.get(name) ?? [])]
  }

  isEmpty(): boolean {
    return this.#messages.size === 0
  }

  /** How many messages there are. */
  get length(): number {
    let length = 0
    for (const messages of this.#messages.values()) length += messages.length
    return length
  }

  *[Symbol.iterator](): IterableIterator<RecordProblem> {
    for (const [attribute, messages] of this.#messages) {
      for (const message of messages) {
        yield { attribute, message, fullMessage: this.#sentence(attribute, message) }
      }
    }
  }

  /** Whole sentences: `First Name cannot be blank.` */
  get fullMessages(): readonly string[] {
    return Array.from(this, ({ fullMessage }) => fullMessage)
  }

  /** Forgets all of them. */
  clear(): void {
    this.#messages.clear()
  }

  /** The sentences with two spaces between them, or "No errors." */
  toString(): string {
    return this.isEmpty() ? 'No errors.' : this.fullMessages.join('  ')
  }

  /** The messages by name; those for the record as a whole under the empty name. */
  toJSON(): Record<string, readonly string[]> {
    const json: Record<string, readonly string[]> = Object.create(null)
    for (const [name, messages] of this.#messages) json[name ?? ''] = [...(json[name ?? ''] ?? []), ...messages]
    return json
  }

  /** Shown by console.log. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }
}
