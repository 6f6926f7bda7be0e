import type { Calls } from './call.ts'
import type { Wire } from './wire.ts'

/** Who is told how a wish to cancel went. */
export interface CancelObserver {
  onHeard(): void
  onUnheard(error: unknown): void
}

/**
 * Cancels calls that were sent. A wish to cancel reaches whatever runs when it arrives: so it is not sent before the call
 * runs, and nothing new is sent before the server has heard it. What was sent already may be hit, and says so.
 */
export class Canceller {
  /** Nothing new is to be sent. */
  isAsking = false
  readonly #wire: Wire
  readonly #sent: Calls
  readonly #observer: CancelObserver

  constructor(wire: Wire, sent: Calls, observer: CancelObserver) {
    this.#wire = wire
    this.#sent = sent
    this.#observer = observer
  }

  /** Cancels the call that runs, if it is to be stopped. */
  cancelFirst(): void {
    const { first } = this.#sent
    if (!first?.stopped || this.isAsking) return
    this.isAsking = true
    for (const call of this.#sent) call.exposed = true
    this.#wire.cancel().then(
      () => {
        this.isAsking = false
        this.cancelFirst()
        this.#observer.onHeard()
      },
      (error: unknown) => {
        this.isAsking = false
        this.#observer.onUnheard(error)
      },
    )
  }
}
