import type { Clock } from '../base/clock.ts'
import type { HolderKind, HolderStats } from './holder-stats.ts'
import { type StatementTold, StatementTrace } from './query-trace.ts'
import type { Telling } from './telling.ts'
import type { TransactionTrace } from './traces.ts'

/** Whoever has a connection whole: since when, from where, and what was last sent. */
export class Holder {
  readonly kind: HolderKind
  sql: string | null = null
  /** When the connection was lent, in a clock's milliseconds. */
  since = 0
  /** The connection that was lent, by its lane. */
  lane: number | null = null
  /** It has been reported as a leak. */
  reported = false
  readonly #telling: Telling
  readonly #clock: Clock
  readonly #place: { stack?: string } = {}

  /** Made in the very call that borrows: its stack is what {@link stats} tells. */
  constructor(kind: HolderKind, telling: Telling, clock: Clock) {
    this.kind = kind
    this.#telling = telling
    this.#clock = clock
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = FRAMES
    Error.captureStackTrace(this.#place, Holder)
    Error.stackTraceLimit = stackTraceLimit
  }

  /** What is to be told of a statement that is sent now; null when nobody wants to know. */
  traceOf(statement: StatementTold): StatementTrace | null {
    if (!this.#telling.ofQueries) return null
    const trace = new StatementTrace(this.#telling, statement, this.#clock)
    if (this.lane !== null) trace.onGranted(this.lane)
    return trace
  }

  /** Has the connection while `work` runs, as subscribers of `offloop:transaction` are told. */
  tell<T>(kind: TransactionTrace['kind'], readOnly: boolean, work: () => Promise<T>): Promise<T> {
    if (!this.#telling.ofTransactions) return work()
    const started = this.#clock.now()
    const trace: TransactionTrace = { ...this.#telling.teller, kind, readOnly, lane: null, duration: 0 }
    return this.#telling.transaction(trace, async () => {
      try {
        return await work()
      } finally {
        trace.lane = this.lane
        trace.duration = this.#clock.now() - started
      }
    })
  }

  stats(now: number): HolderStats {
    const { kind, sql, since } = this
    return { kind, heldFor: Math.round(now - since), sql, borrowedAt: callersOf(this.#place.stack ?? '') }
  }
}

/** Frames taken of a stack, so that some of the caller's are among them. */
const FRAMES = 30
/** Frames of the caller that are told. */
const TOLD = 5

const OWN_FOLDER = new URL('../', import.meta.url).href

/** The frames of a stack that are the caller's own. */
function callersOf(stack: string): string {
  const frames = stack.split('\n').slice(1)
  const callers = frames.filter((frame) => !frame.includes(OWN_FOLDER) && !frame.includes('node:'))
  // Nothing is left where all of a program was made one file.
  return (callers.length > 0 ? callers : frames)
    .slice(0, TOLD)
    .map((frame) => frame.trim())
    .join('\n')
}
