import type { Outcome } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { errorFromRecord, recordOf } from '../contract/failure.ts'
import type { ValueSets } from '../contract/sets.ts'
import { END, Feed } from './feed.ts'
import { describe, invalidOption } from './options.ts'
import type { Session } from './session.ts'
import { type Group, type ReadSet, setReader } from './sets.ts'
import type { Statement } from './statement.ts'

/** How many groups of sets may be on their way. */
const GROUPS_IN_FLIGHT = 2
/**
 * How long sets are taken before the loop turns, in milliseconds, and how many between two looks at the time. Between two
 * timers there may be two such slices, and the groups that they fill are written besides.
 */
const SLICE = 0.5
const SETS_BETWEEN_LOOKS = 64

export interface BulkOptions {
  /**
   * Called with the number of rows that the database has taken so far, and awaited. What it throws fails the call, which
   * is undone.
   */
  readonly onProgress?: ((rows: number) => void | Promise<void>) | undefined
}

/** A statement, the sets of values for it, and how each is read. */
export interface Job {
  readonly sql: string
  readonly feed: Feed
  readonly read: ReadSet
}

/** Runs a statement once per set of values, as {@link runJob} does. */
export async function runMany(
  session: Session,
  sql: string,
  sets: Iterable<unknown> | AsyncIterable<unknown>,
  options: BulkOptions,
): Promise<{ rowCount: number }> {
  const read = setReader(session.preparer.statement(sql))
  return await runJob(session, { sql, feed: new Feed(sets, 'the sets of values'), read }, options)
}

/**
 * Runs a statement once per set of values, in groups. While two groups are on their way no more values are taken from
 * the source: that is the back-pressure.
 */
export async function runJob(session: Session, job: Job, options: BulkOptions): Promise<{ rowCount: number }> {
  const bulk = new Bulk(session, job, options)
  try {
    for await (const sets of bulk.groups()) await bulk.send(sets)
    return { rowCount: await bulk.finish() }
  } catch (error) {
    throw bulk.numbered(error)
  }
}

/** A group that is on its way. */
interface Sent {
  readonly call: Promise<Outcome>
  readonly count: number
}

class Bulk {
  readonly #session: Session
  readonly #statement: Statement
  readonly #job: Job
  readonly #options: BulkOptions
  readonly #inFlight: Sent[] = []
  /** Sets taken from the source, and those of them that the database has run. */
  #taken = 0
  #done = 0
  #rowCount = 0
  /** Where the sets begin among which one failed. */
  #failedAt: number | null = null

  constructor(session: Session, job: Job, options: BulkOptions) {
    this.#session = session
    this.#statement = session.preparer.statement(job.sql)
    this.#job = job
    this.#options = options
    const { onProgress } = options
    if (onProgress !== undefined && typeof onProgress !== 'function') {
      throw invalidOption(TypeError, `onProgress must be a function, not ${describe(onProgress)}`)
    }
  }

  async *groups(): AsyncGenerator<ValueSets, void, undefined> {
    const { feed } = this.#job
    let started = performance.now()
    try {
      for (let group = this.#group(0); ; group = this.#group(this.#taken)) {
        while (!group.isFull) {
          const ended = feed.isAsync ? await this.#ask(group) : this.#take(group, started)
          if (ended) {
            if (group.count > 0) yield group.sets
            return
          }
          if (this.#taken % SETS_BETWEEN_LOOKS > 0 || performance.now() - started < SLICE) continue
          await nextTurn()
          started = performance.now()
        }
        yield group.sets
      }
    } finally {
      await feed.close()
    }
  }

  /**
   * Takes from a source that has its sets ready, until the group is full or the slice is over; true at the end. They are not
   * awaited one by one: a million turns of the microtask queue would cost more.
   */
  #take(group: Group, started: number): boolean {
    const { feed } = this.#job
    const session = this.#session
    while (!group.isFull) {
      const set = feed.next()
      if (set === END) return true
      session.progress++
      this.#add(group, set)
      if (this.#taken % SETS_BETWEEN_LOOKS === 0 && performance.now() - started >= SLICE) return false
    }
    return false
  }

  /** Takes one set from a source that has to be asked; true at the end. */
  async #ask(group: Group): Promise<boolean> {
    const { feed } = this.#job
    const set = feed.taken(await feed.asked())
    if (set === END) return true
    this.#session.progress++
    this.#add(group, set)
    return false
  }

  async send(sets: ValueSets): Promise<void> {
    if (this.#inFlight.length >= GROUPS_IN_FLIGHT) await this.#takeOne()
    const call = this.#session.runMany(this.#statement, sets)
    // A failure is found when its turn comes; until then it is not unhandled.
    call.catch(() => undefined)
    this.#inFlight.push({ call, count: sets.count })
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

  #group(earlier: number): Group {
    return this.#session.preparer.group(this.#statement, this.#job.read, earlier)
  }

  #add(group: Group, set: unknown): void {
    try {
      group.add(set, this.#taken)
    } catch (error) {
      if (error instanceof SqlError && error.index === undefined) this.#failedAt = this.#taken
      throw error
    }
    this.#taken++
  }

  async #takeOne(): Promise<void> {
    const { call, count } = this.#inFlight.shift() as Sent
    try {
      const { rowCount } = await call
      this.#rowCount += rowCount
    } catch (error) {
      this.#failedAt = this.#done
      throw error
    }
    this.#done += count
    const { onProgress } = this.#options
    if (onProgress) await onProgress(this.#done)
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
