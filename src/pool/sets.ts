import type { Traits } from '../contract/driver.ts'
import { ValueSets } from '../contract/sets.ts'
import type { Value } from '../contract/value.ts'
import { checkValues, valuesOf } from './parameters.ts'
import { pickerOf } from './pick.ts'
import type { Statement } from './statement.ts'

/** Puts the values of one set at the end of `into`, in the order of the placeholders; throws where they do not fit. */
export type ReadSet = (set: unknown, index: number, into: unknown[]) => void

/** Reads sets as callers of `executeMany` give them. */
export function setReader(statement: Statement): ReadSet {
  const { parameterCount, parameterNames } = statement.shape
  const pick = parameterNames && pickerOf(parameterNames)
  return (set, _index, into) => {
    if (!pick && Array.isArray(set) && set.length === parameterCount) {
      for (let i = 0; i < parameterCount; i++) into.push(set[i])
    } else if (!pick || typeof set !== 'object' || set === null || !pick(set, into)) {
      into.push(...valuesOf(statement, set))
    }
  }
}

/** Sets that cross together, and what is heavy about them. */
const MOST_SETS = 512
const MOST_VALUES = 4096
/** Of text and bytes, in characters and bytes. A set that has more crosses alone. */
const MOST_WEIGHT = 64 * 1024

/** Sets of values that are gathered, checked, to cross together. */
export class Group {
  readonly #statement: Statement
  readonly #traits: Traits
  readonly #read: ReadSet
  readonly #values: Value[] = []
  #weight = 0
  count = 0

  constructor(statement: Statement, traits: Traits, read: ReadSet) {
    this.#statement = statement
    this.#traits = traits
    this.#read = read
  }

  get isFull(): boolean {
    return this.count >= MOST_SETS || this.#values.length >= MOST_VALUES || this.#weight >= MOST_WEIGHT
  }

  get sets(): ValueSets {
    return new ValueSets(this.#values, this.#statement.shape.parameterCount, this.count)
  }

  add(set: unknown, index: number): void {
    const from = this.#values.length
    this.#read(set, index, this.#values)
    this.#weight += checkValues(this.#statement, this.#values, from, this.#traits)
    this.count++
  }
}
