import type { Clock } from '../base/clock.ts'
import type { Outcome, Query } from '../contract/connection.ts'
import { Failure } from '../contract/failure.ts'
import type { ResultMode } from '../contract/value.ts'
import type { Ambient } from './ambient.ts'
import { isUnstarted, notStarted, STATEMENT_TIMEOUT } from './given-up.ts'
import type { Writes } from './hosts/writes.ts'
import type { Lane, Need } from './lane.ts'
import type { Intent, Lanes } from './lanes.ts'
import { errorWithin, type Limit } from './limit.ts'
import type { StatementTrace } from './query-trace.ts'
import type { Statement } from './statement.ts'
import { waitInLoop } from './stream-hold.ts'
import type { Granted } from './waiters.ts'

/** A statement that is its own transaction, as a connection takes it, and what else is to be known of it. */
export interface Single extends Query {
  readonly statement: Statement
  /** What the caller expects of a statement of which nothing is known: that it reads, or that it writes. */
  readonly expect: Intent
  readonly limit: Limit | null
  /** What is traced of it; null when nobody wants to know. */
  readonly trace: StatementTrace | null
}

/** Runs single statements on whichever lane suits them. */
export class Autocommit {
  readonly #lanes: Lanes
  readonly #ambient: Ambient
  readonly #clock: Clock
  /** Who is told of what is written; null where there is one server. */
  writes: Writes | null = null

  constructor(lanes: Lanes, ambient: Ambient, clock: Clock) {
    this.#lanes = lanes
    this.#ambient = ambient
    this.#clock = clock
  }

  /**
   * Runs one statement and gives what `give` takes from its outcome; throws its failure in the frame that the caller
   * awaits. Nearly every call comes through here, so it makes one promise beside that of the connection.
   */
  async run<T>(single: Single, give: (outcome: Outcome, rowMode: ResultMode) => T): Promise<T> {
    const { statement, limit } = single
    // Where there are several servers: what is read later must have it.
    const written = this.writes && statement.shape.readsRows !== true ? this.writes.begin() : null
    for (let again = false; ; ) {
      const intent = this.#intent(single)
      let lane = this.#lanes.take(intent, statement)
      if (!lane) {
        lane = laneOf(await this.#wait(intent, statement, limit, again), limit)
      }
      // Whoever has had a lane before, or the promise of one, waits before those who never had.
      again = true
      if (!lane) continue
      single.trace?.onGranted(lane.id)
      let outcome: Outcome | Failure
      try {
        const answer = lane.query(single)
        if (statement.shape.touchesSession) void this.#reset(lane)
        outcome = await answer
        written?.()
        this.#learn(lane, single, outcome)
        single.trace?.onAnswered(outcome)
      } finally {
        this.#lanes.giveBack(lane, statement)
      }
      if (!(outcome instanceof Failure)) {
        if (intent === 'read' && this.#lanes.separatesReaders) statement.route = 'reader'
        return give(outcome, single.rowMode)
      }
      const failure = failureOn(lane, outcome, lane.role === 'reader' || statement.shape.readsRows === true)
      // It waited behind a call over which the connection was given up or ended, so it has not run: another one runs it.
      if (isUnstarted(failure)) continue
      if (!this.#belongsToWriter(intent, failure)) throw errorWithin(limit, failure, statement.sql)
      statement.route = 'writer'
    }
  }

  /** Behind a statement that may have left something for the next one to find. */
  async #reset(lane: Lane): Promise<void> {
    const failure = await lane.connection?.reset?.()
    if (failure) this.#lanes.drop(lane, failure)
  }

  /** A lane for the need, after all who asked before. */
  async waitFor(intent: Intent, need: Need, limit: Limit | null): Promise<Lane> {
    for (let again = false; ; again = true) {
      const lane = laneOf(await this.#wait(intent, need, limit, again), limit)
      if (lane) return lane
    }
  }

  /** Gives the promise of whoever waits; throws, in the frame that the caller awaits, where that would never settle. */
  #wait(intent: Intent, need: Need, limit: Limit | null, again: boolean): Promise<Granted> {
    const stream = this.#ambient.refuseSelfWait(this.#lanes, intent)
    if (!stream) return this.#lanes.wait(intent, need, limit?.signal, again)
    return waitInLoop(stream, this.#clock, limit?.signal, (signal) => this.#lanes.wait(intent, need, signal, again))
  }

  #intent({ statement, expect }: Single): Intent {
    if (statement.route === 'unknown') return expect
    return statement.route === 'reader' ? 'read' : 'write'
  }

  // Nobody guesses from the text: what a connection opened for reading refuses to write is the writer's, from now on.
  // It may have passed for a read before: DROP TABLE IF EXISTS writes only when there is such a table.
  #belongsToWriter(intent: Intent, failure: Failure): boolean {
    if (intent !== 'read') return false
    return failure.record.kind === 'readOnly' && this.#lanes.separatesReaders
  }

  #learn(lane: Lane, { statement }: Single, outcome: Outcome | Failure): void {
    if (!(outcome instanceof Failure)) statement.learn(outcome.databaseTime)
    else if (outcome.record.kind === 'aborted') this.#lanes.recovery.recover(lane)
    // How long it would have taken nobody knows, but too long it was.
    else if (outcome.record.code === STATEMENT_TIMEOUT || outcome.record.kind === 'commitUnknown')
      statement.learn(Number.POSITIVE_INFINITY)
    // It is out of use before the news of its end has come: nobody is to be sent there meanwhile.
    else if (outcome.record.kind === 'connectionLost') this.#lanes.abandon(lane)
    else if (outcome.record.kind === 'readOnly' && lane.role === 'any') this.#lanes.renewal.ask()
  }
}

/**
 * What a failure means that came from a lane's connection. Where that was ended since a call had no end, it is the first to
 * fail; the others can be made again if they only read.
 */
export function failureOn(lane: Lane, failure: Failure, onlyReads: boolean = lane.role === 'reader'): Failure {
  const { overdue } = lane
  if (!lane.emptied || !overdue || failure.record.kind !== 'connectionLost' || isUnstarted(failure)) return failure
  const isFirst = !lane.blamed
  lane.blamed = true
  if (!onlyReads) return overdue('unknown')
  return isFirst ? overdue('undone') : notStarted
}

/** What waiting gave: the lane, or null when its connection was lost on the way here; throws if there will be none. */
function laneOf(granted: Granted, limit: Limit | null): Lane | null {
  if (granted === null) throw (limit as Limit).toError()
  if (granted instanceof Failure) throw granted.toError()
  return granted.connection ? granted : null
}
