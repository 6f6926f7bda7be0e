import { availableParallelism } from 'node:os'
import type { Connection, Fate, Outcome, Query } from '../contract/connection.ts'
import { ConnectionLostError, InterfaceError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { Role } from '../contract/statement.ts'
import type { Holder } from './holder.ts'
import type { Statement } from './statement.ts'
import type { Tenure } from './tenure.ts'

/**
 * How many statements one lane may hold, fewer than a connection in a thread takes before calls have to wait on the
 * loop's side. With two cores one reader and the loop fill them: a second reader with a share of the fast statements
 * takes its time from the loop, so the first is to take nearly all there are.
 */
export const DEPTH = availableParallelism() <= 2 ? 1000 : 32

/**
 * The same for connections to a server, which does the statements of one connection one after the other, and those of several
 * at once: writes wait for its disk together.
 */
const SERVER_DEPTH = 32

/** What a caller wants a lane for: one statement among others, or everything until it gives the lane back. */
export type Need = Statement | 'whole'

/** One connection and who is on it. Who may come is for others to say: the lane counts. */
export class Lane {
  readonly id: number
  readonly role: Role
  /** Null until the connection is open. */
  connection: Connection | null = null
  /** Statements, served so far. */
  served = 0
  /** Leases, ended so far. */
  leases = 0
  /** The lane is not to be used until it has caught up, has shown that it lives, or is gone. */
  recovering = false
  /** It has not caught up for so long that nobody counts on it any more. */
  lost = false
  /** All who were on it were sent away, whatever had come of their statements. */
  emptied = false
  /** What calls are to fail with, by their fate, that were on it when its connection was ended over the first of them. */
  overdue: ((fate: Fate) => Failure) | null = null
  /** That first one has failed. */
  blamed = false
  /** It does not count as one of the connections that there may be. */
  isOut = false
  /** For how long whoever has it whole may have it. */
  tenure: Tenure | null = null
  /** It rested for so long, or so much happened, that it must answer a probe before it serves anybody. */
  doubtful = false
  /** It is to be closed as soon as nobody is on it. */
  leaving = false
  /** Nobody new comes on: it is to become idle for somebody who needs it alone. */
  reserved = false
  /** Who has it whole, if that is known. */
  holder: Holder | null = null
  /** When it last became busy or gave an answer, in a clock's milliseconds; from time to time only when many are on. */
  movedAt = 0
  /** No answer has come for so long that it is to be left alone until one comes. */
  stalled = false
  #inFlight = 0
  #leased = false
  #alone = false
  /** Those on it of which nothing is known. */
  readonly #trials: Statement[] = []
  readonly #depth: number

  constructor(id: number, role: Role) {
    this.id = id
    this.role = role
    this.#depth = role === 'any' ? SERVER_DEPTH : DEPTH
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** How many statements are on it of which nothing is known. */
  get trials(): number {
    return this.#trials.length
  }

  get isLeased(): boolean {
    return this.#leased
  }

  /** A statement is on it that nobody is to wait behind. */
  get isAlone(): boolean {
    return this.#alone
  }

  /** What the lane does, in one word. */
  get state(): 'opening' | 'idle' | 'busy' | 'slow' | 'leased' | 'recovering' | 'lost' | 'closing' {
    if (!this.connection) return 'opening'
    if (this.lost) return 'lost'
    if (this.leaving) return 'closing'
    if (this.recovering && !this.doubtful) return 'recovering'
    if (this.#leased) return 'leased'
    if (this.#alone) return 'slow'
    return this.#inFlight > 0 ? 'busy' : 'idle'
  }

  /** Open, and nobody has it to himself. */
  get isShared(): boolean {
    return this.connection !== null && !this.#leased && !this.#alone && !this.recovering
  }

  /** One more statement may share it. */
  get hasRoom(): boolean {
    return this.isShared && !this.reserved && this.#inFlight < this.#depth
  }

  /** Nobody is on it, and it can be had alone. */
  get isFree(): boolean {
    return this.#inFlight === 0 && this.isShared
  }

  /** Nobody is on it, and nothing that was given up still runs there. */
  get isQuiet(): boolean {
    return this.#inFlight === 0 && !this.#leased && (!this.recovering || this.doubtful || this.leaving)
  }

  /** How often it was used, in whatever way. */
  get uses(): number {
    return this.served + this.leases
  }

  /** Nobody is to come on any more: it is to be closed. */
  leave(): void {
    this.recovering = true
    this.leaving = true
  }

  /** Takes it for everything until it is given back. */
  takeWhole(): void {
    this.#leased = true
  }

  /** Takes it for one statement among others. */
  share(): void {
    this.#inFlight++
  }

  /** Takes it for one statement that nobody is to wait behind. */
  takeAlone(): void {
    this.#inFlight++
    this.#alone = true
  }

  /** Notes that a statement on it is one of which nothing is known. */
  markTrial(statement: Statement): void {
    this.#trials.push(statement)
  }

  /** Ends what {@link takeWhole} began. */
  endLease(): void {
    if (!this.#leased) {
      throw new InterfaceError('the connection was given back twice', { code: 'GIVEN_BACK', kind: 'usage' })
    }
    this.#leased = false
    this.holder = null
    this.tenure = null
    this.leases++
  }

  /** Ends what {@link share} or {@link takeAlone} began. */
  endStatement(): void {
    this.#inFlight--
    this.#alone = false
    this.stalled = false
    this.served++
  }

  /** Whether the statement was one of which nothing was known when it came; it is no longer. */
  endTrial(statement: Statement): boolean {
    const place = this.#trials.indexOf(statement)
    if (place >= 0) this.#trials.splice(place, 1)
    return place >= 0
  }

  /** Runs a statement; whoever calls has taken the lane. */
  query(query: Query): Promise<Outcome | Failure> {
    return this.open.query(query)
  }

  /** The connection of a lane that is open. */
  get open(): Connection {
    if (this.connection) return this.connection
    throw new ConnectionLostError('the connection is not open', { code: 'NOT_OPEN', kind: 'connectionLost' })
  }
}
