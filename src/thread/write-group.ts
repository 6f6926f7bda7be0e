import type { BlockingConnection, BlockingCursor, BoundValues } from '../contract/blocking.ts'
import type { ErrorRecord } from '../contract/failure.ts'
import type { Description, Tuple } from '../contract/value.ts'
import type { Ask, Decisions } from './ask.ts'
import { refuseTooMany, TooManyRows } from './bounded.ts'
import type { HostStatement } from './host-statements.ts'
import type { Summary } from './protocol.ts'
import { byHandRecord, cancelledRecord, notStartedRecord, Refusal } from './refusals.ts'
import type { ThreadClock } from './thread-clock.ts'

/** How long a group takes up more writes once it has begun, in milliseconds: so long the first may wait for the others. */
const LONGEST = 2

/** A write that is its own transaction, taken off the ring. */
export interface Write {
  readonly ask: Ask
  readonly statement: HostStatement
  readonly values: BoundValues
}

/** What a write gave. */
export interface Written {
  readonly rows: readonly Tuple[]
  readonly description: Description | null
  readonly summary: Summary
}

/** What a group is told beside its connection. */
export interface WriteGroupSetting {
  readonly decisions: Decisions
  readonly clock: ThreadClock
  /** Names what was thrown. */
  readonly failure: (thrown: unknown) => ErrorRecord
  /** Takes the answers, in the order of the calls, each after its COMMIT. */
  readonly answer: (write: Write, result: Written | ErrorRecord) => void
}

/** The place of a result where something was thrown instead. */
class Thrown {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

type Results = (Written | Thrown)[]

/**
 * What became of an attempt: its results are `final`; or nothing of it stands, and its writes are to be run each `apart`,
 * or all `again` because some were given up meanwhile.
 */
type Verdict = 'final' | 'apart' | 'again'

/**
 * Lets writes that were found waiting together share one COMMIT; none is answered before it. In between they are what
 * they are alone: they run in the order of their calls, and one that fails undoes only itself. When more than that is
 * undone, nobody was told anything yet, and each is run in a transaction of its own.
 *
 * A write that is alone has a transaction around it too: so its time is told apart from its COMMIT's.
 */
export class WriteGroup {
  readonly #connection: BlockingConnection
  readonly #cursor: BlockingCursor
  readonly #setting: WriteGroupSetting
  #waiting: Write[] = []

  constructor(connection: BlockingConnection, cursor: BlockingCursor, setting: WriteGroupSetting) {
    this.#connection = connection
    this.#cursor = cursor
    this.#setting = setting
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Takes a write up; it runs when the group ends, or at once if it might hold others up. */
  add(write: Write): void {
    const { isBrief } = write.statement
    if (!isBrief) this.end()
    this.#waiting.push(write)
    if (!isBrief) this.end()
  }

  /** Runs, commits and answers what was taken up. Never throws. */
  end(): void {
    const writes = this.#waiting
    if (writes.length === 0) return
    this.#waiting = []
    let left = this.#commitSome(writes)
    while (left.length > 0) left = this.#commitSome(left)
  }

  /** Commits the first of these, as many as there is time for, and gives the others. */
  #commitSome(writes: readonly Write[]): readonly Write[] {
    for (;;) {
      const results: Results = []
      const verdict = this.#attempt(writes, results)
      if (verdict === 'again') continue
      for (let i = 0; i < results.length; i++) {
        const write = writes[i] as Write
        if (verdict === 'apart') this.#commitSome([write])
        else this.#answer(write, results[i] as Written | Thrown)
      }
      this.#setting.decisions.rest()
      return writes.slice(results.length)
    }
  }

  #attempt(writes: readonly Write[], results: Results): Verdict {
    let begun = false
    let now = 0
    let until = 0
    for (const write of writes) {
      if (now > until) break
      if (this.#setting.decisions.isGivenUp) results.push(notStarted)
      else if (this.#setting.decisions.isCancelled(write.ask)) results.push(cancelled)
      else {
        this.#setting.decisions.start(write.ask)
        if (!begun) {
          const verdict = this.#begin(writes, results)
          if (verdict) return verdict
          begun = true
          // Waiting for the lock is not the time of the first.
          now = this.#setting.clock.now()
          until = now + LONGEST
        }
        const result = this.#run(write, now)
        results.push(result)
        if (result instanceof Thrown && this.#mustUndo(result)) return this.#undo(results, result.error)
        now = this.#setting.clock.now()
      }
    }
    return begun ? this.#commit(writes, results) : 'final'
  }

  /** Begins the transaction; a verdict if there is none after all. */
  #begin(writes: readonly Write[], results: Results): Verdict | null {
    try {
      this.#connection.begin('write')
      if (writes.length === 1 || !this.#connection.checksAtCommit) return null
      this.#rollback()
      results.length = writes.length
      return 'apart'
    } catch (error) {
      // Nobody's write can begin now. To let each try would make the last wait for the time-outs of all.
      this.#rollback()
      while (results.length < writes.length) results.push(new Thrown(error))
      return 'final'
    }
  }

  // A statement that fails undoes itself, and nothing else. One that gives too many rows has not failed by itself.
  #mustUndo({ error }: Thrown): boolean {
    return error instanceof TooManyRows || !this.#connection.inTransaction
  }

  #run({ ask, statement, values }: Write, started: number): Written | Thrown {
    const cursor = this.#cursor
    try {
      cursor.execute(statement.sql, values, WHOLE)
      const { description, rowCount, lastRowId } = cursor
      const rows = description === null ? NO_ROWS : cursor.fetchAll()
      refuseTooMany(ask, rows.length)
      const databaseTime = this.#setting.clock.now() - started
      statement.learn(rows.length, databaseTime)
      return { rows, description, summary: { rowCount, lastRowId, databaseTime } }
    } catch (error) {
      return new Thrown(error)
    }
  }

  #commit(writes: readonly Write[], results: Results): Verdict {
    if (!this.#decide(writes, results)) {
      this.#rollback()
      return 'again'
    }
    try {
      if (!this.#connection.inTransaction) throw new Refusal(byHandRecord)
      this.#connection.commit()
      return 'final'
    } catch (error) {
      return this.#undo(results, error)
    }
  }

  /** Decides for all that have run that they will stand; false if one was given up meanwhile. */
  #decide(writes: readonly Write[], results: Results): boolean {
    let all = true
    for (let i = 0; i < results.length; i++) {
      if (results[i] !== cancelled && !this.#setting.decisions.decide((writes[i] as Write).ask)) all = false
    }
    if (!all) return false
    // All of them stand or fall together, and the loop is to know up to which.
    this.#setting.decisions.start((writes[results.length - 1] as Write).ask)
    return this.#setting.decisions.stand()
  }

  /** Undoes what ran. One alone is to blame for it; a lock that others hold is nobody's fault, and all hear of it. */
  #undo(results: Results, error: unknown): Verdict {
    this.#rollback()
    if (results.length > 1 && this.#setting.failure(error).kind !== 'busy') return 'apart'
    results.fill(new Thrown(error))
    return 'final'
  }

  #rollback(): void {
    try {
      this.#connection.rollback()
    } catch {
      // What was thrown before says why; and a transaction that is still there makes the next call fail.
    }
  }

  #answer(write: Write, result: Written | Thrown): void {
    const { answer, failure } = this.#setting
    if (result instanceof Thrown) return answer(write, failure(result.error))
    try {
      answer(write, result)
    } catch (error) {
      answer(write, failure(error))
    }
  }
}

const WHOLE = { whole: true } as const
const NO_ROWS: readonly Tuple[] = []
const notStarted = new Thrown(new Refusal(notStartedRecord))
const cancelled = new Thrown(new Refusal(cancelledRecord))
