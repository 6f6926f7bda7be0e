import { describe, invalidOption } from './options.ts'

/** How long anything may take, and how many may wait, unless a call's own `timeout` is shorter. `Infinity` means no limit. */
export interface DeadlineOptions {
  /**
   * Milliseconds that a call waits for a connection at most; then it rejects with `ACQUIRE_TIMEOUT`, and nothing of it was
   * done. Default 10,000.
   */
  readonly acquireTimeout?: number
  /**
   * Milliseconds that one statement may be on its connection, the time in line not counted; then its call rejects with
   * `STATEMENT_TIMEOUT`. For a stream or a bulk operation it counts for each page or group. Default 30,000.
   */
  readonly statementTimeout?: number
  /**
   * Milliseconds that the callback of an interaction, or one that a connection was lent to, may have it; then it is rolled
   * back and rejects with `INTERACTION_TIMEOUT`. A stream of which no row is taken for so long, and a bulk operation that
   * makes no progress for so long, are given up likewise. Default 30,000.
   */
  readonly interactionTimeout?: number
  /** Milliseconds for which {@link ConnectionPool.close} lets go on what runs, before it gives it up. Default 5,000. */
  readonly closeTimeout?: number
  /** How many calls may wait for a connection; the next rejects at once with `QUEUE_FULL`. Default 10,000. */
  readonly maxWaiting?: number
}

/** All of them, checked. */
export type Deadlines = Required<DeadlineOptions>

const DEFAULTS: Deadlines = Object.freeze({
  acquireTimeout: 10_000,
  statementTimeout: 30_000,
  interactionTimeout: 30_000,
  closeTimeout: 5000,
  maxWaiting: 10_000,
})

export const DEADLINE_OPTIONS = Object.keys(DEFAULTS) as readonly (keyof Deadlines)[]

/** Nothing is limited. */
export const noDeadlines: Deadlines = Object.freeze({
  acquireTimeout: Number.POSITIVE_INFINITY,
  statementTimeout: Number.POSITIVE_INFINITY,
  interactionTimeout: Number.POSITIVE_INFINITY,
  closeTimeout: Number.POSITIVE_INFINITY,
  maxWaiting: Number.POSITIVE_INFINITY,
})

/** Checks what was given and fills in the rest. */
export function checkDeadlines(own: DeadlineOptions): Deadlines {
  const milliseconds = (name: keyof Deadlines) =>
    checkMilliseconds(name, own[name] === undefined ? DEFAULTS[name] : own[name])
  return Object.freeze({
    acquireTimeout: milliseconds('acquireTimeout'),
    statementTimeout: milliseconds('statementTimeout'),
    interactionTimeout: milliseconds('interactionTimeout'),
    closeTimeout: checkCloseTimeout(
      'closeTimeout',
      own.closeTimeout === undefined ? DEFAULTS.closeTimeout : own.closeTimeout,
    ),
    maxWaiting: checkMaxWaiting(own.maxWaiting === undefined ? DEFAULTS.maxWaiting : own.maxWaiting),
  })
}

/** Like the others, but 0 is a time too: nothing is waited for. */
export function checkCloseTimeout(name: string, value: unknown): number {
  return value === 0 ? 0 : checkMilliseconds(name, value)
}

function checkMilliseconds(name: string, value: unknown): number {
  if (typeof value !== 'number') {
    throw invalidOption(TypeError, `${name} must be a number of milliseconds, not ${describe(value)}`)
  }
  if (value > 0) return value
  throw invalidOption(RangeError, `${name} must be more than 0 milliseconds, not ${value}; Infinity means no limit`)
}

function checkMaxWaiting(value: unknown): number {
  if (typeof value !== 'number') throw invalidOption(TypeError, `maxWaiting must be a number, not ${describe(value)}`)
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 0)) return value
  throw invalidOption(RangeError, `maxWaiting must be a whole number of at least 0, or Infinity, not ${value}`)
}
