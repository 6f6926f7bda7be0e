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

  /** @param capacity the most entries; with 0 nothing is kept */
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

  /** Adds what is not yet there; gives what had to leave for it, if something had to. */
  add(key: string, value: V): V | undefined {
    if (this.#capacity === 0) return undefined
    const entry: Entry<V> = { key, value, used: false }
    this.#byKey.set(key, entry)
    if (this.#ring.length < this.#capacity) {
      this.#ring.push(entry)
      return undefined
    }
    const place = this.#unused()
    const gone = this.#ring[place] as Entry<V>
    this.#ring[place] = entry
    this.#byKey.delete(gone.key)
    return gone.value
  }

  /** The place of an entry that was not asked for, behind which the hand then stands. */
  #unused(): number {
    for (;;) {
      const place = this.#hand
      this.#hand = (place + 1) % this.#capacity
      const entry = this.#ring[place] as Entry<V>
      if (!entry.used) return place
      entry.used = false
    }
  }
}
