import { NotSupportedError } from '../../contract/index.ts'

interface Named {
  /** The placeholder with its prefix; a number without leading zeros. */
  readonly written: string
  /** The name by which SQLite knows it: the text of its first occurrence. */
  readonly nativeName: string
}

/** Collects a statement's placeholders and numbers them as SQLite does. */
export class Placeholders {
  #anonymous = 0
  #highest = 0
  /** What is written for each of SQLite's numbered slots. */
  readonly #slots = new Map<number, string>()
  readonly #named = new Map<string, Named>()

  /** How many values one execution takes. */
  get count(): number {
    return this.#anonymous + this.#named.size
  }

  get names(): readonly string[] | null {
    return this.#named.size > 0 ? [...this.#named.keys()] : null
  }

  /** The same placeholders by the names that a driver looks for. */
  get nativeNames(): readonly string[] {
    return [...this.#named.values()].map((named) => named.nativeName)
  }

  /** How many of SQLite's slots no placeholder uses, since numbers were left out. */
  get gaps(): number {
    return this.#highest - this.count
  }

  add(text: string): void {
    if (text === '?') this.#addAnonymous()
    else this.#addNamed(text)
    if (this.#anonymous > 0 && this.#named.size > 0) throw mixed()
  }

  #addAnonymous(): void {
    this.#anonymous++
    this.#highest++
  }

  #addNamed(text: string): void {
    const nativeName = text.slice(1)
    const name = text.startsWith('?') ? withoutZeros(nativeName) : nativeName
    const written = text.charAt(0) + name
    const known = this.#named.get(name)
    if (known && known.written !== written) throw ambiguous(name, known.written, written)
    if (known) return
    const slot = text.startsWith('?') ? Number(name) : this.#highest + 1
    const owner = this.#slots.get(slot)
    if (owner !== undefined) throw shared(owner, written)
    this.#slots.set(slot, written)
    this.#named.set(name, { written, nativeName })
    this.#highest = Math.max(this.#highest, slot)
  }
}

function withoutZeros(digits: string): string {
  let at = 0
  while (at < digits.length - 1 && digits.charAt(at) === '0') at++
  return digits.slice(at)
}

function mixed(): NotSupportedError {
  return new NotSupportedError(
    'The statement mixes "?" with named or numbered placeholders. Use "?" for all of them, or name them all.',
    { code: 'MIXED_PARAMETERS', kind: 'parameters' },
  )
}

function ambiguous(name: string, first: string, second: string): NotSupportedError {
  return new NotSupportedError(
    `The statement has two placeholders called "${name}": ${first} and ${second}. Write both the same way, or rename one.`,
    { code: 'AMBIGUOUS_PARAMETERS', kind: 'parameters' },
  )
}

function shared(first: string, second: string): NotSupportedError {
  return new NotSupportedError(
    `SQLite takes ${first} and ${second} for the same value, since names are numbered too. Name all values, or number all.`,
    { code: 'AMBIGUOUS_PARAMETERS', kind: 'parameters' },
  )
}
