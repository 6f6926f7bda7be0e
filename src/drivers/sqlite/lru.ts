interface Entry<T> {
  readonly value: T
  /** Asked for since it was last at the end of the row. */
  used: boolean
}

/**
 * A map of bounded size that forgets what was longest unused, nearly: whatever was asked for is only moved to the front
 * when its turn to be forgotten has come, so that asking costs no more than a map does.
 */
export class Lru<T> {
  readonly #capacity: number
  readonly #entries = new Map<string, Entry<T>>()

  /** @param capacity the most entries; with 0 nothing is kept */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): T | undefined {
    const found = this.#entries.get(key)
    if (found === undefined) return undefined
    found.used = true
    return found.value
  }

  set(key: string, value: T): void {
    this.#entries.delete(key)
    while (this.#entries.size >= this.#capacity && this.#entries.size > 0) this.#forgetOrMove()
    if (this.#capacity > 0) this.#entries.set(key, { value, used: false })
  }

  #forgetOrMove(): void {
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key)
      if (!entry.used) return
      entry.used = false
      this.#entries.set(key, entry)
    }
  }
}
