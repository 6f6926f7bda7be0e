import type { Outcome } from '../contract/connection.ts'
import { ProgrammingError, SqlError } from '../contract/errors.ts'
import { errorFromRecord, recordOf } from '../contract/failure.ts'
import type { Value } from '../contract/value.ts'
import { describe, invalidOption } from './options.ts'
import type { Session } from './session.ts'
import type { Statement } from './statement.ts'

/** How many sets of values cross together, and how many such groups may be on their way. */
const GROUP = 500
const GROUPS_IN_FLIGHT = 2

export interface BulkOptions {
  /** Called with the number of rows that the database has taken so far. */
  readonly onProgress?: ((rows: number) => void) | undefined
}

/**
 * Runs a statement once per set of values, in groups. While two groups are on their way no more values are taken from
 * the source: that is the back-pressure.
 */
export async function runMany(
  session: Session,
  sql: string,
  sets: Iterable<unknown> | AsyncIterable<unknown>,
  options: BulkOptions,
): Promise<{ rowCount: number }> {
  const bulk = new Bulk(session, session.preparer.statement(sql), options)
  try {
    for await (const group of groupsOf(sets, (set, index) => bulk.bind(set, index))) await bulk.send(group)
    return { rowCount: await bulk.finish() }
  } catch (error) {
    throw bulk.numbered(error)
  }
}

class Bulk {
  readonly #session: Session
  readonly #statement: Statement
  readonly #options: BulkOptions
  readonly #inFlight: Promise<Outcome>[] = []
  #sent = 0
  #done = 0
  #rowCount = 0
  /** Where the sets begin among which one failed. */
  #failedAt: number | null = null
  readonly #sizes: number[] = []

  constructor(session: Session, statement: Statement, options: BulkOptions) {
    this.#session = session
    this.#statement = statement
    this.#options = options
    const { onProgress } = options
    if (onProgress !== undefined && typeof onProgress !== 'function') {
      throw invalidOption(TypeError, `onProgress must be a function, not ${describe(onProgress)}`)
    }
  }

  bind(set: unknown, index: number): readonly Value[] {
    try {
      return this.#session.preparer.bind(this.#statement, set)
    } catch (error) {
      this.#failedAt = index
      throw error
    }
  }

  async send(group: readonly (readonly Value[])[]): Promise<void> {
    if (this.#inFlight.length >= GROUPS_IN_FLIGHT) await this.#takeOne()
    const call = this.#session.runMany(this.#statement, group)
    // A failure is found when its turn comes; until then it is not unhandled.
    call.catch(() => undefined)
    this.#inFlight.push(call)
    this.#sizes.push(group.length)
    this.#sent += group.length
  }

  async finish(): Promise<number> {
    while (this.#inFlight.length > 0) await this.#takeOne()
    return this.#rowCount
  }

  /** The same error, naming the set that failed by its place among all sets. */
  numbered(error: unknown): unknown {
    if (this.#failedAt === null || !(error instanceof SqlError)) return error
    const numbered = errorFromRecord({ ...recordOf(error), index: this.#failedAt + (error.index ?? 0) })
    Error.captureStackTrace(numbered, this.numbered)
    return numbered
  }

  async #takeOne(): Promise<void> {
    const call = this.#inFlight.shift() as Promise<Outcome>
    const size = this.#sizes.shift() as number
    try {
      const { rowCount } = await call
      this.#rowCount += rowCount
    } catch (error) {
      this.#failedAt = this.#done
      throw error
    }
    this.#done += size
    this.#options.onProgress?.(this.#done)
  }
}

async function* groupsOf<T>(
  sets: Iterable<unknown> | AsyncIterable<unknown>,
  bind: (set: unknown, index: number) => T,
): AsyncGenerator<T[], void, undefined> {
  const source = iteratorOf(sets)
  let group: T[] = []
  let index = 0
  let finished = false
  try {
    for (;;) {
      const next = source.next()
      const { done, value } = 'then' in next ? await next : next
      finished = done === true
      if (finished) break
      group.push(bind(value, index++))
      if (group.length < GROUP) continue
      yield group
      group = []
    }
    if (group.length > 0) yield group
  } finally {
    if (!finished) await source.return?.()
  }
}

// A synchronous source is not awaited value by value: a million turns of the microtask queue would cost more than it.
function iteratorOf(sets: Iterable<unknown> | AsyncIterable<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  if (typeof sets === 'object' && sets !== null) {
    if (Symbol.asyncIterator in sets) return sets[Symbol.asyncIterator]()
    if (Symbol.iterator in sets) return sets[Symbol.iterator]()
  }
  throw new ProgrammingError(`the sets of values must be an iterable or an async iterable, not ${describe(sets)}`, {
    code: 'INVALID_SETS',
    kind: 'usage',
  })
}
