import type { Clock } from '../base/clock.ts'
import { Failure } from '../contract/failure.ts'
import type { Ambient } from './ambient.ts'
import { closedRecord } from './closed.ts'
import { type CloseOptions, Closing, closeTimeoutOf } from './closing.ts'
import type { Deadlines } from './deadlines.ts'
import type { Lanes } from './lanes.ts'
import { waitsForItself } from './self-wait.ts'

/** A pool before its first use, in use, on its way to be closed, and afterwards. */
export type PoolState = 'idle' | 'running' | 'closing' | 'closed'

/** What is to be known of the pool. */
export interface PoolLifeSetting {
  readonly min: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** What is to be stopped once all connections are closed. */
  readonly onEnd?: { stop(): Promise<void> } | null
}

/** Starts and closes a pool, as often as it is asked to. */
export class PoolLife {
  /** Those that write first. */
  readonly #places: readonly Lanes[]
  readonly #ambient: Ambient
  readonly #setting: PoolLifeSetting
  #starting: Promise<void> | null = null
  #closing: Promise<void> | null = null
  #ends: readonly Closing[] = []
  #closed = false
  /** Counts what was asked for, so that a start that waited knows whether it is still wanted. */
  #turn = 0

  constructor(places: readonly Lanes[], ambient: Ambient, setting: PoolLifeSetting) {
    this.#places = places
    this.#ambient = ambient
    this.#setting = setting
  }

  get state(): PoolState {
    if (this.#closed) return 'closed'
    if (this.#closing) return 'closing'
    return this.#starting || this.#places.some(({ lanes }) => lanes.length > 0) ? 'running' : 'idle'
  }

  /** One promise for all who ask, until the pool is closed or the start fails. */
  start(): Promise<void> {
    if (this.#ambient.isOpening) return Promise.reject(waitsForItself('opening'))
    this.#starting ??= this.#start(++this.#turn)
    return this.#starting
  }

  /** One promise for all who ask, until the pool is started again; a shorter time than before shortens the wait. */
  close(options: CloseOptions): Promise<void> {
    if (this.#ambient.isHolding) return Promise.reject(waitsForItself('close'))
    const { clock, deadlines } = this.#setting
    let timeout: number
    try {
      timeout = closeTimeoutOf(options, this.#ends.length > 0 ? Number.POSITIVE_INFINITY : deadlines.closeTimeout)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#turn++
    this.#starting = null
    for (const end of this.#ends) end.within(timeout)
    this.#closing ??= this.#close(this.#places.map((lanes) => new Closing(lanes, clock, timeout)))
    return this.#closing
  }

  async #start(turn: number): Promise<void> {
    try {
      if (this.#closing) await this.#reopen(this.#closing, turn)
      await this.#places[0]?.openUpTo(this.#setting.min)
    } catch (error) {
      if (turn === this.#turn) this.#starting = null
      throw error
    }
  }

  // A pool that is closed is open again before anybody waits for it; one that is being closed is closed first.
  async #reopen(closing: Promise<void>, turn: number): Promise<void> {
    if (!this.#closed) await closing
    if (turn !== this.#turn) throw new Failure(closedRecord).toError()
    this.#closed = false
    this.#closing = null
    this.#ends = []
    for (const lanes of this.#places) lanes.reopen()
  }

  async #close(ends: readonly Closing[]): Promise<void> {
    this.#ends = ends
    await Promise.all(ends.map(({ closed }) => closed))
    await this.#setting.onEnd?.stop()
    this.#closed = true
  }
}
