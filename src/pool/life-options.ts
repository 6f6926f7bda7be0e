import type { DriverInfo } from '../contract/driver.ts'
import { checkBoolean, describe, invalidOption } from './options.ts'

/** How long connections live, and how the pool finds out that one is dead. */
export interface LifeOptions {
  /** Milliseconds within which a connection must be open, `onOpen` included; `Infinity` for no limit. Default 5000. */
  readonly connectTimeout?: number
  /**
   * Milliseconds after which a connection that nobody uses is closed, as long as `min` remain; `Infinity` for never.
   * Default 60000.
   */
  readonly idleTimeout?: number
  /**
   * The greatest age of a connection in milliseconds, of which each connection gets 90 to 100 %, so that not all are
   * replaced at once. Default `Infinity`.
   */
  readonly maxLifetime?: number
  /**
   * Milliseconds after which a connection that nobody used must answer a probe before it serves somebody; `Infinity`
   * for never. Default 30000.
   */
  readonly validateAfterIdle?: number
  /** The statement that is the probe. Default: the driver's, or else `SELECT 1`. */
  readonly goodSql?: string
  /**
   * After a failed interaction its connection is probed too: if it is dead, the call rejects with `ConnectionLostError`,
   * whose `cause` is what failed. And a connection that turns out to be lost when a transaction begins is replaced by
   * another once. Dead connections are always replaced. Default false.
   */
  readonly reconnect?: boolean
}

/** The same, complete and checked. */
export type CheckedLifeOptions = Required<LifeOptions>

const DURATIONS = { connectTimeout: 5000, idleTimeout: 60_000, maxLifetime: Infinity, validateAfterIdle: 30_000 }

/** The names of the options, for the check of those that nobody knows. */
export const LIFE_OPTIONS = [...Object.keys(DURATIONS), 'goodSql', 'reconnect'] as const

/** Checks what the user gave of these options and fills in the rest. */
export function checkLifeOptions(own: LifeOptions, driver: Pick<DriverInfo, 'traits' | 'shape'>): CheckedLifeOptions {
  const { goodSql = driver.traits.goodSql ?? 'SELECT 1', reconnect = false } = own
  return {
    connectTimeout: duration(own, 'connectTimeout'),
    idleTimeout: duration(own, 'idleTimeout'),
    maxLifetime: duration(own, 'maxLifetime'),
    validateAfterIdle: duration(own, 'validateAfterIdle'),
    goodSql: own.goodSql === undefined ? goodSql : probeText(goodSql, driver),
    reconnect: checkBoolean('reconnect', reconnect),
  }
}

function probeText(sql: unknown, driver: Pick<DriverInfo, 'shape'>): string {
  if (typeof sql !== 'string') throw invalidOption(TypeError, `goodSql must be a string, not ${describe(sql)}`)
  const { statementCount, parameterCount, controlsTransaction } = driver.shape(sql)
  if (statementCount === 1 && parameterCount === 0 && !controlsTransaction) return sql
  throw invalidOption(TypeError, 'goodSql must be one statement, without values, that begins and ends no transaction')
}

/** The longest time that a timer of the platform can be set to, in milliseconds. */
const LONGEST = 2 ** 31 - 1

function duration(own: LifeOptions, name: keyof typeof DURATIONS): number {
  const value: unknown = own[name]
  if (value === undefined) return DURATIONS[name]
  if (typeof value !== 'number') {
    throw invalidOption(TypeError, `${name} must be a number of milliseconds, not ${describe(value)}`)
  }
  if (value === Infinity || (value >= 1 && value <= LONGEST)) return value
  throw invalidOption(RangeError, `${name} must be 1 to ${LONGEST} milliseconds, or Infinity, and not ${value}`)
}
