interface Entry<V> {
  readonly key: string
  readonly value: V
  /** Asked for since the hand last passed. */
  used: boolean
}

/**
 * A map of bounded size. When it is full, the next entry takes the place of one that was not asked for lately: a hand
 * goes round, and each entry that was asked for since it last came by is passed over once. Asking costs no more than a
 * map does; adding costs constant time, spread over the askings.
 */
export class SecondChance<V> {
  readonly #capacity: number
  readonly #byKey = new Map<string, Entry<V>>()
  readonly #ring: Entry<V>[] = []
  #hand = 0

  /** @param capacity the most entries, at least one */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#byKey.size
  }

  get(key: string): V | undefined {
    const entry = this.#byKey.get(key)
    if (entry === undefined) return undefined
    entry.used = true
    return entry.value
  }

  /** Gives what the next entry will take the place of; undefined while there is room for it beside all others. */
  next(): V | undefined {
    if (this.#ring.length < this.#capacity) return undefined
    for (;;) {
      const entry = this.#ring[this.#hand] as Entry<V>
      if (!entry.used) return entry.value
      entry.used = false
      this.#hand = (this.#hand + 1) % this.#capacity
    }
  }

  /** Adds what is not yet there, in the place of {@link next}. */
  add(key: string, value: V): void {
    const entry: Entry<V> = { key, value, used: false }
    if (this.next() === undefined) this.#ring.push(entry)
    else {
      this.#byKey.delete((this.#ring[this.#hand] as Entry<V>).key)
      this.#ring[this.#hand] = entry
      this.#hand = (this.#hand + 1) % this.#capacity
    }
    this.#byKey.set(key, entry)
  }
}
