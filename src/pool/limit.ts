import type { Clock } from '../base/clock.ts'
import { AbortError, TimeoutError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { CallOptions } from './options.ts'
import { describe, invalidOption } from './options.ts'

/** The limit of one call: a signal that fires when the caller aborts or the time is up. */
export interface Limit {
  readonly signal: AbortSignal
  /** The error that says which of the two it was. Called in the frame that the caller awaits. */
  toError(): AbortError | TimeoutError
  /** Forgets the timer and the caller's signal. */
  end(): void
}

/** The limit that a call's options ask for, or null when they ask for none. */
export function limitOf(options: CallOptions, clock: Clock): Limit | null {
  const { signal, timeout } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidOption(TypeError, `signal must be an AbortSignal, not ${describe(signal)}`)
  }
  if (timeout === undefined) return signal ? new SignalLimit(signal) : null
  if (typeof timeout !== 'number') {
    throw invalidOption(TypeError, `timeout must be a number of milliseconds, not ${describe(timeout)}`)
  }
  if (!(timeout > 0 && timeout <= LONGEST_TIMER)) {
    throw invalidOption(
      RangeError,
      `timeout must be more than 0 and at most ${LONGEST_TIMER} milliseconds, not ${timeout}`,
    )
  }
  return new TimeLimit(timeout, signal ?? null, clock)
}

/** Works within the limit that a call's options ask for, and forgets the limit afterwards. */
export async function within<T>(
  options: CallOptions,
  clock: Clock,
  work: (limit: Limit | null) => Promise<T>,
): Promise<T> {
  const limit = limitOf(options, clock)
  try {
    if (limit?.signal.aborted) throw limit.toError()
    return await work(limit)
  } finally {
    limit?.end()
  }
}

/** The error that a failure means to a call with this limit: given up for it, the limit's own. */
export function errorWithin(limit: Limit | null, failure: Failure, sql?: string): unknown {
  if (failure.record.kind === 'aborted' && limit?.signal.aborted) return limit.toError()
  return failure.toError(sql)
}

/** The longest time that a timer of the platform can be set to, in milliseconds. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** A timer that fires so many milliseconds late was kept from firing. */
const LATE = 50

class SignalLimit implements Limit {
  readonly signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.signal = signal
  }

  toError(): AbortError {
    return abortError(this.signal.reason)
  }

  end(): void {
    // The caller's signal is theirs; whoever listened to it has stopped.
  }
}

class TimeLimit implements Limit {
  readonly #controller = new AbortController()
  readonly #given: AbortSignal | null
  readonly #timeout: number
  readonly #clock: Clock
  readonly #due: number
  #timer: unknown
  #looksAgain = true
  readonly #abort = () => this.#controller.abort()
  // Where the loop was kept from looking in time, what has come meanwhile is read before anything is given up.
  readonly #onTime = () => {
    if (!this.#looksAgain || this.#clock.now() - this.#due <= LATE) return this.#abort()
    this.#looksAgain = false
    this.#timer = this.#clock.setTimer(this.#onTime, LATE)
  }

  constructor(timeout: number, given: AbortSignal | null, clock: Clock) {
    this.#timeout = timeout
    this.#given = given
    this.#clock = clock
    this.#due = clock.now() + timeout
    this.#timer = clock.setTimer(this.#onTime, timeout)
    if (given?.aborted) this.#abort()
    else given?.addEventListener('abort', this.#abort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  toError(): AbortError | TimeoutError {
    if (this.#given?.aborted) return abortError(this.#given.reason)
    return new TimeoutError(`the call was not done after ${this.#timeout} ms`, {
      code: 'TIMEOUT',
      kind: 'timeout',
      retryable: true,
    })
  }

  end(): void {
    this.#clock.clearTimer(this.#timer)
    this.#given?.removeEventListener('abort', this.#abort)
  }
}

function abortError(reason: unknown): AbortError {
  return new AbortError('the call was aborted', { code: 'ABORTED', kind: 'aborted', cause: reason })
}
