import type { Clock, Timer } from '../../base/clock.ts'
import type { Connection } from '../../contract/connection.ts'
import type { Fleet } from './fleet.ts'
import type { HostedConnect } from './hosted.ts'

/** What the rounds are told of their pool. */
export interface RoundsSetting {
  readonly clock: Clock
  /** Milliseconds between two rounds. */
  readonly interval: number
  /** Milliseconds that a server has to answer. */
  readonly within: number
  /** The options of a connection. */
  readonly options: unknown
  /** Names the connections. */
  readonly name: string
  /** Whether the pool has anything that the rounds are for. */
  isWanted(): boolean
}

/**
 * Asks each server from time to time what it is, on a connection of its own, as long as the pool has connections: so a
 * server that stopped answering, or has changed, is known before calls meet it, and so is how fresh replicas are.
 */
export class Rounds {
  readonly #connect: HostedConnect
  readonly #fleet: Fleet
  readonly #setting: RoundsSetting
  readonly #connections: (Connection | null)[]
  readonly #busy = new Set<number>()
  #timer: Timer | null = null
  #isOver = false

  constructor(connect: HostedConnect, fleet: Fleet, setting: RoundsSetting) {
    this.#connect = connect
    this.#fleet = fleet
    this.#setting = setting
    this.#connections = fleet.news.map(() => null)
  }

  /** Makes rounds from now on, unless they are made already. */
  start(): void {
    this.#isOver = false
    if (this.#timer !== null) return
    this.#arm()
    this.#round()
  }

  /** Makes no more rounds, and closes what they were made on. */
  async stop(): Promise<void> {
    this.#isOver = true
    this.#setting.clock.clearTimer(this.#timer)
    this.#timer = null
    const open = this.#connections.splice(0, this.#connections.length, ...this.#connections.map(() => null))
    await Promise.all(open.map((connection) => connection && this.#end(connection)))
  }

  #arm(): void {
    const { clock, interval } = this.#setting
    this.#timer = clock.setTimer(() => {
      this.#timer = null
      if (!this.#setting.isWanted()) return void this.stop()
      this.#arm()
      this.#round()
    }, interval)
  }

  #round(): void {
    for (const host of this.#connections.keys()) void this.#visit(host)
  }

  async #visit(host: number): Promise<void> {
    if (this.#busy.has(host)) return
    this.#busy.add(host)
    const { clock, within } = this.#setting
    const late = new AbortController()
    const { promise: silent, resolve } = Promise.withResolvers<void>()
    const timer = clock.setTimer(() => {
      late.abort()
      this.#leave(host)
      resolve()
    }, within)
    try {
      await Promise.race([this.#ask(host, late.signal), silent])
    } catch {
      // The fleet has been told that nobody is there; the next round tries again.
    } finally {
      clock.clearTimer(timer)
      this.#busy.delete(host)
    }
  }

  async #ask(host: number, signal: AbortSignal): Promise<void> {
    const known = this.#connections[host]
    if (known) return void (await this.#connect.ask(host, known))
    const { options, name } = this.#setting
    const connection = await this.#connect.open(host, options, {
      role: 'reader',
      name: `${name}-watch-${host}`,
      signal,
    })
    if (this.#isOver || signal.aborted) return void this.#end(connection)
    this.#connections[host] = connection
    void connection.closed.then(() => {
      if (this.#connections[host] !== connection) return
      this.#connections[host] = null
      if (!this.#isOver) this.#fleet.missed(host)
    })
  }

  // It did not answer.
  #leave(host: number): void {
    const connection = this.#connections[host]
    this.#connections[host] = null
    this.#fleet.missed(host)
    if (connection) void this.#end(connection)
  }

  // One that does not answer would not be closed in good order either.
  #end(connection: Connection): Promise<unknown> {
    return connection.kill?.() ? connection.closed : connection.close()
  }
}
