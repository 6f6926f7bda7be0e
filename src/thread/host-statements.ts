import type { BoundValues } from '../contract/blocking.ts'
import { ValueSets } from '../contract/sets.ts'
import type { StatementShape } from '../contract/statement.ts'
import type { Description, Value } from '../contract/value.ts'
import type { ByteReader } from './byte-reader.ts'

/** A result up to this many rows is small: read in one go, it costs less than row by row. */
const SMALL_RESULT = 1024
/** After so many runs without a larger result, the next is expected to be small too. */
const RUNS_TO_TRUST = 2
/** A statement that takes longer, in milliseconds, does not make earlier replies wait for it. */
const SLOW = 0.2
/** A write that takes longer, in milliseconds, does not make others wait for their COMMIT. */
const LONG = 1

/** A statement as the thread knows it: its text, and what its runs have taught. */
export class HostStatement {
  readonly sql: string
  /** What its text says; null before anybody asked. */
  shape: StatementShape | null = null
  readonly #names: readonly string[] | null
  /** The columns that the loop was told; undefined before it was told any. */
  #told: Description | null | undefined
  #runs = 0
  #largest = 0
  #duration = Number.POSITIVE_INFINITY
  #refusesToShare = false

  constructor(sql: string, names: readonly string[] | null) {
    this.sql = sql
    this.#names = names
  }

  get isSmall(): boolean {
    return this.#runs >= RUNS_TO_TRUST && this.#largest <= SMALL_RESULT
  }

  /** Whether it may share a transaction with other reads: it is known to be fast, and not to refuse one. */
  get mayShare(): boolean {
    return this.isFast && !this.#refusesToShare
  }

  get isFast(): boolean {
    return this.#duration < SLOW
  }

  /** Whether others may wait for it. */
  get isBrief(): boolean {
    return this.#duration < LONG
  }

  /** Remembers that it does not run in a transaction. */
  refuseToShare(): void {
    this.#refusesToShare = true
  }

  /** Remembers how a run went. */
  learn(rows: number, milliseconds: number): void {
    this.#runs++
    if (rows > this.#largest) this.#largest = rows
    this.#duration = this.#runs === 1 ? milliseconds : this.#duration * 0.75 + milliseconds * 0.25
  }

  /** The columns if the loop must be told of them, undefined if it knows them. */
  tell(description: Description | null): Description | null | undefined {
    if (description === this.#told) return undefined
    this.#told = description
    return description
  }

  /** Values in order, or by name if the statement names them. */
  bind(values: readonly Value[]): BoundValues {
    const names = this.#names
    if (!names) return values
    return Object.fromEntries(names.map((name, i) => [name, values[i] as Value]))
  }

  readValues(body: ByteReader, count: number): BoundValues {
    return this.bind(valuesIn(body, count))
  }

  /** The sets of values of many executions. */
  readSets(body: ByteReader, count: number, width: number): Iterable<BoundValues> {
    const sets = new ValueSets(valuesIn(body, count * width), width, count)
    return this.#names ? Array.from(sets, (values) => this.bind(values)) : sets
  }
}

function valuesIn(body: ByteReader, count: number): Value[] {
  const values = new Array<Value>(count)
  for (let i = 0; i < count; i++) values[i] = body.value() as Value
  return values
}
