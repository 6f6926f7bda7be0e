import type { Value } from './value.ts'

/**
 * The values of many executions of one statement, set after set in one array: no array per set is made, neither by who
 * gives them nor by who takes them. Iterating gives the sets one by one.
 */
export class ValueSets implements Iterable<readonly Value[]> {
  /** How many sets there are. */
  readonly count: number
  /** How many values a set has. */
  readonly width: number
  /** The values of all sets: `count * width` of them. */
  readonly values: readonly Value[]

  constructor(values: readonly Value[], width: number, count: number) {
    this.values = values
    this.width = width
    this.count = count
  }

  /** The same sets in one array; each must have as many values as the first. */
  static of(sets: Iterable<readonly Value[]>): ValueSets {
    if (sets instanceof ValueSets) return sets
    const list = [...sets]
    return new ValueSets(list.flat(), list[0]?.length ?? 0, list.length)
  }

  *[Symbol.iterator](): Iterator<readonly Value[]> {
    for (let i = 0; i < this.count; i++) yield this.set(i)
  }

  /** One set, as an array of its own. */
  set(index: number): readonly Value[] {
    return this.values.slice(index * this.width, (index + 1) * this.width)
  }
}
