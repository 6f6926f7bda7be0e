import type { Traits } from '../contract/driver.ts'
import { checkValues, valuesOf } from '../contract/parameters.ts'
import { ValueSets } from '../contract/sets.ts'
import type { Value } from '../contract/value.ts'
import { pickerOf } from './pick.ts'
import type { Statement } from './statement.ts'

/**
 * Puts the values of one set into `into`, from `at` on and in the order of the placeholders, and tells how many they are;
 * throws where they do not fit.
 */
export type ReadSet = (set: unknown, index: number, into: unknown[], at: number) => number

/** Reads sets as callers of `executeMany` give them. */
export function setReader(statement: Statement): ReadSet {
  const { parameterCount, parameterNames } = statement.shape
  const pick = parameterNames && pickerOf(parameterNames)
  return (set, _index, into, at) => {
    if (pick && typeof set === 'object' && set !== null && pick(set, into, at)) return parameterCount
    const values = !pick && Array.isArray(set) ? set : valuesOf(statement, set)
    for (let i = 0; i < values.length; i++) into[at + i] = values[i]
    return values.length
  }
}

/**
 * How many sets cross together: an eighth of those before, so that a source is not read far ahead of a short bulk, and a
 * long one wakes the thread seldom.
 */
const FEWEST_SETS = 64
const MOST_SETS = 2048
const PART_OF_EARLIER = 1 / 8
const MOST_VALUES = 8192
/** Of text and bytes, in characters and bytes. A set that has more crosses alone. */
const MOST_WEIGHT = 128 * 1024

/** Sets of values that are gathered, checked, to cross together. */
export class Group {
  readonly #statement: Statement
  readonly #traits: Traits
  readonly #read: ReadSet
  readonly #values: Value[]
  readonly #most: number
  #end = 0
  #weight = 0
  count = 0

  /** The group that comes behind `earlier` sets. */
  constructor(statement: Statement, traits: Traits, read: ReadSet, earlier: number) {
    this.#most = Math.min(MOST_SETS, Math.max(FEWEST_SETS, Math.floor(earlier * PART_OF_EARLIER)))
    // An array that will be filled is not grown bit by bit; nobody knows yet whether the first will be.
    this.#values = new Array(earlier === 0 ? 0 : Math.min(MOST_VALUES, this.#most * statement.shape.parameterCount))
    this.#statement = statement
    this.#traits = traits
    this.#read = read
  }

  get isFull(): boolean {
    return this.count >= this.#most || this.#end >= MOST_VALUES || this.#weight >= MOST_WEIGHT
  }

  /** What was gathered; nothing may be added any more. */
  get sets(): ValueSets {
    this.#values.length = this.#end
    return new ValueSets(this.#values, this.#statement.shape.parameterCount, this.count)
  }

  add(set: unknown, index: number): void {
    const from = this.#end
    this.#end += this.#read(set, index, this.#values, from)
    this.#weight += checkValues(this.#statement, this.#values, from, this.#end, this.#traits)
    this.count++
  }
}
