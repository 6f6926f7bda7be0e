import { Patience } from '../base/patience.ts'
import { cell } from './memory.ts'
import type { LoopPort } from './port.ts'

/** A pause between replies, in milliseconds, for which the loop need not sleep. */
const SHORT_PAUSE = 0.025
const TRIAL_EVERY = 64
/** With more calls in flight one wake serves so many of them that to sleep costs less than to look. */
const MOST_TO_LOOK_FOR = 32

/** What a listener is told of the replies that it waits for. */
export interface Listened {
  /** See {@link Tuning.adaptiveWaking}. */
  readonly adaptive: boolean
  readonly isEmpty: () => boolean
  /** Called once for each {@link Listener.listen}, when replies are there. */
  readonly onNews: () => void
}

/** Waits on the loop's side until replies are there: it looks for them a while, or sleeps until it is woken. */
export class Listener {
  readonly #port: LoopPort
  readonly #control: Int32Array
  readonly #listened: Listened
  readonly #patience = new Patience({ shortPause: SHORT_PAUSE, trialEvery: TRIAL_EVERY }, () => performance.now())
  #stopped = false

  constructor(port: LoopPort, control: Int32Array, listened: Listened) {
    this.#port = port
    this.#control = control
    this.#listened = listened
  }

  /** Waits for the replies to so many calls. */
  listen(inFlight: number): void {
    if (this.#listened.adaptive && inFlight <= MOST_TO_LOOK_FOR && this.#patience.start()) setImmediate(this.#look)
    else this.#sleep()
  }

  /** Waits no longer: no reply will come. */
  stop(): void {
    this.#stopped = true
    // Lets go of the promise that waits to be woken.
    Atomics.notify(this.#control, cell.loopAsleep)
  }

  // Looks for replies once per turn of the loop, so that whatever else there is to do is done in between.
  readonly #look = (): void => {
    if (this.#stopped) return
    if (!this.#listened.isEmpty()) this.#onNews()
    else if (this.#patience.isOver) this.#sleep()
    else setImmediate(this.#look)
  }

  #sleep(): void {
    Atomics.store(this.#control, cell.loopAsleep, 1)
    const willBeWoken = this.#listened.isEmpty() || Atomics.load(this.#control, cell.replyNews) === 1
    if (willBeWoken) this.#port.onWake(this.#onNews)
    else setImmediate(this.#onNews)
  }

  readonly #onNews = (): void => {
    this.#patience.end()
    this.#listened.onNews()
  }
}
