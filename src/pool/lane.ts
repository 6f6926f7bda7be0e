import { availableParallelism } from 'node:os'
import type { Connection, Outcome, Query } from '../contract/connection.ts'
import { ConnectionLostError, InterfaceError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { Role } from '../contract/statement.ts'
import type { Statement } from './statement.ts'

/** How many fast statements one lane may hold. With few cores it is better to fill one thread than to wake many. */
const DEPTH = availableParallelism() <= 2 ? 128 : 32

/** What a caller wants a lane for: one statement among others, or everything until it gives the lane back. */
export type Need = Statement | 'whole'

/** One connection and who is on it. It knows no queue and no time. */
export class Lane {
  readonly id: number
  readonly role: Role
  /** Null until the connection is open. */
  connection: Connection | null = null
  /** Statements, served so far. */
  served = 0
  /** The lane is not to be used until it has caught up. */
  recovering = false
  #inFlight = 0
  #taken = false
  #alone = false

  constructor(id: number, role: Role) {
    this.id = id
    this.role = role
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** What the lane does, in one word. */
  get state(): 'opening' | 'idle' | 'busy' | 'leased' | 'recovering' {
    if (!this.connection) return 'opening'
    if (this.recovering) return 'recovering'
    if (this.#taken) return 'leased'
    return this.#inFlight > 0 ? 'busy' : 'idle'
  }

  admits(need: Need): boolean {
    if (!this.connection || this.#taken || this.#alone || this.recovering) return false
    if (need !== 'whole' && need.isFast) return this.#inFlight < DEPTH
    return this.#inFlight === 0
  }

  /** Takes the lane for `need`, which it must admit. */
  take(need: Need): void {
    if (need === 'whole') this.#taken = true
    else {
      this.#inFlight++
      this.#alone = !need.isFast
    }
  }

  /** Gives back what {@link take} took. */
  giveBack(need: Need): void {
    if (need === 'whole') {
      if (!this.#taken)
        throw new InterfaceError('the connection was given back twice', { code: 'GIVEN_BACK', kind: 'usage' })
      this.#taken = false
    } else {
      this.#inFlight--
      this.#alone = false
      this.served++
    }
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
