import type { Failure } from '../contract/failure.ts'
import type { Session } from './session.ts'

const NEVER = -1

/**
 * How long somebody may have a lane whole: the `whole` of it is limited; or he may have it for as long as he makes
 * `progress`, and must only not stand still for so long, the time that he waits for the database aside; or he is `free`,
 * until the pool is closed.
 */
export type TenureKind = 'whole' | 'progress' | 'free'

/** The time for which somebody has a lane whole, and what ends it before he does. */
export class Tenure {
  readonly session: Session
  readonly kind: TenureKind
  /** Why it ended before its time, or null. */
  stopped: Failure | null = null
  /** Called once, when it ends before its time. */
  onStop: (() => void) | null = null
  #since = NEVER
  #progress = NEVER

  constructor(session: Session, kind: TenureKind) {
    this.session = session
    this.kind = kind
  }

  /** For how many milliseconds it has been had, or has stood still, as far as was looked. Called from time to time. */
  age(now: number, isAnswering: boolean): number {
    const { progress } = this.session
    if (this.kind === 'free') return 0
    if (this.#since === NEVER || (this.kind === 'progress' && (isAnswering || progress !== this.#progress)))
      this.#since = now
    this.#progress = progress
    return now - this.#since
  }

  /** Ends it before its time. */
  stop(failure: Failure): void {
    if (this.stopped) return
    this.stopped = failure
    this.onStop?.()
  }

  /** Throws if it was ended before its time. Called in the frame that the caller awaits. */
  check(): void {
    if (this.stopped) throw this.stopped.toError()
  }

  /** Settles as the work does, or as soon as the tenure is ended before its time; {@link kept} tells which it was. */
  until<T>(work: Promise<T>): Promise<T | typeof STOPPED> {
    return new Promise((resolve, reject) => {
      this.onStop = () => resolve(STOPPED)
      if (this.stopped) resolve(STOPPED)
      work.then(resolve, reject)
    })
  }

  /** What the work gave; throws if the tenure was ended before. */
  kept<T>(result: T | typeof STOPPED): T {
    this.onStop = null
    if (result !== STOPPED) return result
    throw (this.stopped as Failure).toError()
  }
}

const STOPPED: unique symbol = Symbol('stopped')
