/** An entry's place in a {@link Fifo}, kept by whoever may want to leave the queue early. */
export interface Place<T> {
  readonly value: T
  previous: Place<T> | null
  next: Place<T> | null
  queued: boolean
}

/** A first-in, first-out queue whose members can also leave from the middle, all in constant time. */
export class Fifo<T> {
  #first: Place<T> | null = null
  #last: Place<T> | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The value that {@link shift} would give, or undefined when the queue is empty. */
  peek(): T | undefined {
    return this.#first?.value
  }

  push(value: T): Place<T> {
    const place: Place<T> = { value, previous: this.#last, next: null, queued: true }
    if (this.#last) this.#last.next = place
    else this.#first = place
    this.#last = place
    this.#size++
    return place
  }

  /** Adds a value before the first one of which `isLater` is true; at the end if there is none. */
  insert(value: T, isLater: (other: T) => boolean): Place<T> {
    let next = this.#first
    while (next && !isLater(next.value)) next = next.next
    if (!next) return this.push(value)
    const place: Place<T> = { value, previous: next.previous, next, queued: true }
    if (next.previous) next.previous.next = place
    else this.#first = place
    next.previous = place
    this.#size++
    return place
  }

  shift(): T | undefined {
    const place = this.#first
    if (!place) return undefined
    this.remove(place)
    return place.value
  }

  /** Takes a place out of the queue; false when it was out already. */
  remove(place: Place<T>): boolean {
    if (!place.queued) return false
    place.queued = false
    if (place.previous) place.previous.next = place.next
    else this.#first = place.next
    if (place.next) place.next.previous = place.previous
    else this.#last = place.previous
    this.#size--
    return true
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let place = this.#first; place; place = place.next) yield place.value
  }
}
