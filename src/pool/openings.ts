import { Ceiling } from '../base/ceiling.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { type Advice, Pace } from '../base/pace.ts'
import { Failure } from '../contract/failure.ts'

/** A timer that the platform takes for so long as to be none, and that keeps the process alive. */
const HOLD = 2 ** 31 - 1

/** What those who wait for an opening that failed are to do: wait for the next one, or be told. */
export type Verdict = 'wait' | 'refuse'

/** Decides when the pool opens connections again after some could not be opened, or died before they were of use. */
export class Openings {
  readonly #clock: Clock
  readonly #resume: () => void
  readonly #pace: Pace
  readonly #ceiling = new Ceiling()
  #rise: Timer = null
  #timer: Timer = null
  #isShut = false
  #refusal: Failure | null = null
  #hold: NodeJS.Timeout | null = null
  /** What failed last: the failure of one opening can reach another that waits for it, and counts once. */
  #last: unknown
  #failure: Failure | null = null

  /** @param resume called when connections may be opened again after they might not */
  constructor(clock: Clock, resume: () => void, pace: Pace = new Pace()) {
    this.#clock = clock
    this.#resume = resume
    this.#pace = pace
  }

  /** No connection is to be opened now. */
  get isShut(): boolean {
    return this.#isShut
  }

  /** What those get who need a connection that is not there, as long as none is opened for anybody. */
  get refusal(): Failure | null {
    return this.#refusal
  }

  /** Why the last opening failed; null when it did not. */
  get failure(): Failure | null {
    return this.#failure
  }

  /** Whether there may be one more connection than so many, as far as the server goes. */
  admits(count: number): boolean {
    return this.#ceiling.admits(count)
  }

  /** A connection is about to be opened. */
  started(): void {
    this.#last = undefined
  }

  /** A connection could not be opened; so many others are open. */
  failed(error: unknown, failure: Failure, open: number): Verdict {
    const { kind, retryable } = failure.record
    this.#failure = failure
    if (kind === 'tooManyConnections' && open > 0) return this.#lower(open)
    // A server that is away comes back, one that is full has room again; a thread that dies at its start may do better the next time. All else needs
    // somebody to mend it, who wants to be told.
    const goesOn = kind === 'connectionLost' || kind === 'tooManyConnections'
    if (error !== this.#last) {
      const advice = goesOn && retryable ? this.#pace.failedForNow() : this.#pace.failed(this.#clock.now())
      this.#follow(advice, goesOn, failure)
    }
    this.#last = error
    return goesOn && !this.#refusal ? 'wait' : 'refuse'
  }

  /** A connection was lost that had not yet served anybody. */
  died(failure: Failure): void {
    this.#follow(this.#pace.died(this.#clock.now()), true, failure)
  }

  opened(): void {
    this.#failure = null
    this.#ceiling.lift()
    this.#pace.succeeded()
    this.#open()
  }

  /** A connection has served somebody. */
  proved(): void {
    this.#pace.proved()
  }

  /** Keeps the process alive until connections may be opened again, or no longer, since somebody waits or nobody does. */
  hold(wanted: boolean): void {
    if (wanted && this.#isShut) this.#hold ??= setInterval(() => undefined, HOLD)
    else if (this.#hold) {
      clearInterval(this.#hold)
      this.#hold = null
    }
  }

  /** Forgets everything: somebody wants connections to be opened now, or none any more. */
  reset(): void {
    this.#failure = null
    this.#clock.clearTimer(this.#rise)
    this.#ceiling.lift()
    this.#pace.proved()
    this.#open()
  }

  // Those that are open serve all who wait; whether there is room for one more is tried again later.
  #lower(open: number): Verdict {
    this.#clock.clearTimer(this.#rise)
    this.#rise = this.#clock.setTimer(() => {
      this.#ceiling.rise()
      this.#resume()
    }, this.#ceiling.lower(open))
    return 'wait'
  }

  #follow({ delay, stops }: Advice, goesOn: boolean, failure: Failure): void {
    this.#open()
    if (!goesOn && !stops) return
    this.#isShut = true
    if (stops) this.#refusal = pausing(failure)
    this.#timer = this.#clock.setTimer(() => {
      this.#open()
      this.#resume()
    }, delay)
  }

  #open(): void {
    if (!this.#isShut) return
    this.#clock.clearTimer(this.#timer)
    this.#isShut = false
    this.#refusal = null
    this.hold(false)
  }
}

// What is no error of the tree has no code, and is passed on as it is.
function pausing(failure: Failure): Failure {
  if (failure.record.code === undefined) return failure
  const message = `${failure.record.message} (several attempts failed one after the other; the next is made in a while)`
  return new Failure({ ...failure.record, message })
}
