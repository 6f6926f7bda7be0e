import type { Clock } from '../../base/clock.ts'
import type { Connection } from '../../contract/connection.ts'
import type { ConnectContext } from '../../contract/driver.ts'
import { ConnectionLostError, OperationalError, SqlError } from '../../contract/errors.ts'
import { Failure } from '../../contract/failure.ts'
import type { Connecting } from '../source.ts'
import type { Fleet } from './fleet.ts'

/** Milliseconds that the server which is believed to take writes has to answer, before the others are asked as well. */
const PATIENCE = 1000

/** The code of an opening for which no replica was there. */
export const NO_REPLICA = 'NO_REPLICA'

/** Opens connections to the one of several servers that is meant. */
export class HostedConnect {
  readonly #driver: Connecting['driver']
  readonly #fleet: Fleet
  readonly #clock: Clock
  readonly #hostOf = new WeakMap<Connection, number>()
  readonly #count = new Map<number, number>()

  constructor(driver: Connecting['driver'], fleet: Fleet, clock: Clock) {
    this.#driver = driver
    this.#fleet = fleet
    this.#clock = clock
  }

  /** Opens connections to the server that takes writes. */
  get toPrimary(): Connecting['driver'] {
    return { connect: (options, context) => this.#primary(options, context) }
  }

  /** Opens connections to those that have all that was committed by the time that `since` gives. */
  toReplicas(since: () => number): Connecting['driver'] {
    return { connect: (options, context) => this.#replica(options, context, since()) }
  }

  /** The server that a connection leads to. */
  hostOf(connection: Connection | null): number | undefined {
    return connection ? this.#hostOf.get(connection) : undefined
  }

  /** Opens a connection to this server, and lets it say what it is. */
  async open(host: number, options: unknown, context: ConnectContext): Promise<Connection> {
    let connection: Connection
    try {
      connection = await this.#driver.connect(options, { ...context, host })
    } catch (error) {
      if (isAway(error)) this.#fleet.missed(host)
      throw error
    }
    this.#hostOf.set(connection, host)
    await this.ask(host, connection)
    return connection
  }

  /** Lets a server say what it is: true when it takes writes. */
  async ask(host: number, connection: Connection): Promise<boolean> {
    const askedAt = this.#clock.now()
    const standing = await connection.standing?.()
    if (standing instanceof Failure) {
      this.#fleet.missed(host)
      return false
    }
    // A driver that cannot ask takes whatever answers for the primary, in the order in which they were given.
    return this.#fleet.heard(host, standing ?? { role: 'primary', position: null, term: null }, askedAt)
  }

  async #primary(options: unknown, context: ConnectContext): Promise<Connection> {
    await context.after
    const { primary } = this.#fleet
    const first = primary === null ? null : this.#ifPrimary(primary, options, context)
    const known = first && (await this.#inTime(first))
    if (known) return known
    const others = this.#fleet.candidates.filter((host) => host !== primary)
    const asked = others.map((host) => this.#ifPrimary(host, options, context))
    return await firstOf(first ? [first, ...asked] : asked)
  }

  async #ifPrimary(host: number, options: unknown, context: ConnectContext): Promise<Connection> {
    const connection = await this.open(host, options, context)
    if (this.#fleet.primary === host) return connection
    void connection.close()
    throw noPrimary()
  }

  /** What comes in time and without an error, or null. */
  async #inTime(opening: Promise<Connection>): Promise<Connection | null> {
    const { promise: late, resolve } = Promise.withResolvers<null>()
    const timer = this.#clock.setTimer(() => resolve(null), PATIENCE)
    try {
      return await Promise.race([opening.catch(() => null), late])
    } finally {
      this.#clock.clearTimer(timer)
    }
  }

  async #replica(options: unknown, context: ConnectContext, since: number): Promise<Connection> {
    const usable = this.#fleet.replicas(since)
    const uses = (host: number) => this.#count.get(host) ?? 0
    const [host] = [...usable].sort((one, other) => uses(one) - uses(other))
    if (host === undefined) throw noReplica()
    this.#count.set(host, uses(host) + 1)
    const forget = () => this.#count.set(host, uses(host) - 1)
    try {
      const connection = await this.open(host, options, context)
      void connection.closed.then(forget)
      if (this.#fleet.replicas(since).includes(host)) return connection
      void connection.close()
    } catch (error) {
      forget()
      throw error
    }
    throw noReplica()
  }
}

/** The first that is there; all others are closed. When there is none, the error that says most. */
async function firstOf(openings: readonly Promise<Connection>[]): Promise<Connection> {
  let chosen: Connection | null = null
  const errors: unknown[] = []
  const tried = openings.map(async (opening) => {
    try {
      const connection = await opening
      if (chosen) void connection.close()
      else chosen = connection
      return chosen
    } catch (error) {
      errors.push(error)
      throw error
    }
  })
  try {
    return await Promise.any(tried)
  } catch {
    // What somebody must mend is to be told, and not that others are away.
    throw errors.find((error) => !isAway(error)) ?? errors.at(-1) ?? noPrimary()
  }
}

function isAway(error: unknown): boolean {
  return error instanceof SqlError && (error.kind === 'connectionLost' || error.kind === 'timeout')
}

function noPrimary(): ConnectionLostError {
  return new ConnectionLostError('none of the servers takes writes at the moment', {
    code: 'NO_PRIMARY',
    kind: 'connectionLost',
    retryable: true,
  })
}

// Those who wait are told at once: the server that takes writes can serve them.
function noReplica(): OperationalError {
  return new OperationalError('no replica is there that is as fresh as it has to be', {
    code: NO_REPLICA,
    kind: 'other',
    retryable: true,
  })
}
