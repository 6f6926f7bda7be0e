/** A timer that was set; opaque to all but the clock that made it. */
export type Timer = unknown

/** Time as the pool sees it. Monotonic: a changed wall clock never fires or delays a deadline. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number
  /** Calls `callback` once, `milliseconds` from now. The timer never keeps the process alive. */
  setTimer(callback: () => void, milliseconds: number): Timer
  /** Forgets a timer; one that has fired or is unknown is ignored. */
  clearTimer(timer: Timer): void
}

/** The clock of the running process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
