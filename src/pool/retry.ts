import type { Clock } from '../base/clock.ts'
import { CommitUnknownError, SqlError } from '../contract/errors.ts'
import type { ErrorKind } from '../contract/kind.ts'
import { suppress } from './commit.ts'
import type { Limit } from './limit.ts'
import { describe, invalidOption, ownOptions } from './options.ts'

/** How often and when an interaction is tried again. */
export interface RetryOptions {
  /** How often the callback is run at most, the first time included. */
  readonly attempts: number
  /**
   * Whether an error is worth another attempt. Unless told: the database was busy, a serialization failure, a deadlock,
   * or the connection was lost before COMMIT was sent. It is not asked after a commit of unknown outcome, nor once the
   * call's `signal` or `timeout` has ended it.
   */
  readonly on?: ((error: unknown) => boolean) | undefined
  /**
   * Milliseconds to wait before the second attempt; before each further one it is twice as long, up to two seconds. By
   * chance it is up to half of that shorter, so that those who got into each other's way do not meet again. Default 50.
   */
  readonly delay?: number | undefined
}

/** Options of whatever can be tried again. */
export interface RetryOption {
  /**
   * Runs an interaction again, from its begin, when it failed for a reason that may be gone the next time: how often at
   * most, or {@link RetryOptions}. The last error is the caller's, and has the earlier ones as `attempts`. An
   * interaction inside another is never run again by itself: the outermost is. Default 1, which is no second attempt.
   */
  readonly retry?: number | RetryOptions | undefined
}

/** The same, or null for no second attempt. */
export type CheckedRetry = Retry | null

/** Retry options, complete and checked. */
export interface Retry {
  readonly attempts: number
  readonly on: (error: unknown) => boolean
  readonly delay: number
}

const DELAY = 50
const LONGEST_DELAY = 2000
const MOST_ATTEMPTS = 1000
const KNOWN = ['attempts', 'on', 'delay'] as const

/** Checks the option `retry`; what it leaves out is taken from `otherwise`. */
export function checkRetry(given: unknown, otherwise: CheckedRetry): CheckedRetry {
  if (given === undefined) return otherwise
  const own: RetryOptions =
    typeof given === 'number' ? { attempts: given } : ownOptions(given as RetryOptions, KNOWN, 'retry')
  const { attempts, on = isPassing, delay = DELAY } = own
  if (!Number.isSafeInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS) {
    const message = `retry must say how many attempts there are, from 1 to ${MOST_ATTEMPTS}, not ${String(attempts)}`
    throw invalidOption(typeof attempts === 'number' ? RangeError : TypeError, message)
  }
  if (typeof on !== 'function') throw invalidOption(TypeError, `retry.on must be a function, not ${describe(on)}`)
  if (typeof delay !== 'number') {
    throw invalidOption(TypeError, `retry.delay must be a number of milliseconds, not ${describe(delay)}`)
  }
  if (!(delay >= 0 && delay <= LONGEST_DELAY)) {
    throw invalidOption(RangeError, `retry.delay must be from 0 to ${LONGEST_DELAY} milliseconds, not ${delay}`)
  }
  return attempts === 1 ? null : { attempts, on, delay }
}

/** Works, and works again, as often as `retry` allows; gives what the attempt gave that succeeded. */
export async function retrying<T>(
  retry: Retry,
  clock: Clock,
  limit: Limit | null,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  const earlier: unknown[] = []
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (attempt === retry.attempts || !isWorthIt(retry, limit, error)) {
        if (earlier.length > 0) suppress(error, 'attempts', earlier)
        throw error
      }
      earlier.push(error)
    }
    const wait = Math.min(retry.delay * 2 ** (attempt - 1), LONGEST_DELAY)
    await pause(wait * (1 - Math.random() / 2), clock, limit?.signal)
    if (limit?.signal.aborted) throw withAttempts(limit.toError(), earlier)
  }
}

function withAttempts(error: unknown, earlier: readonly unknown[]): unknown {
  suppress(error, 'attempts', earlier)
  return error
}

function isWorthIt(retry: Retry, limit: Limit | null, error: unknown): boolean {
  if (error instanceof CommitUnknownError || limit?.signal.aborted) return false
  try {
    return retry.on(error) === true
  } catch (thrown) {
    suppress(error, 'suppressed', thrown)
    return false
  }
}

const PASSING: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'busy',
  'serialization',
  'deadlock',
  'connectionLost',
  'tooManyConnections',
])

/** Whether an error's reason may be gone the next time. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false
  return PASSING.has(error.kind) || (error.kind === 'rolledBack' && isPassing(error.cause))
}

/** Resolves when the time is over or the signal is aborted. */
async function pause(milliseconds: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = clock.setTimer(resolve, milliseconds)
  // The clock's timers do not keep the process alive; somebody waits for this one.
  const held = setInterval(() => undefined, LONGEST_DELAY)
  const abort = () => resolve()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    if (!signal?.aborted) await promise
  } finally {
    clearInterval(held)
    clock.clearTimer(timer)
    signal?.removeEventListener('abort', abort)
  }
}
