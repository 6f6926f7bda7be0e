import type { SharedMemory } from './memory.ts'

/** How a thread ended. */
export interface Exit {
  readonly code: number
  /** What it died of, when that is known. */
  readonly error?: unknown
}

/** All that the loop's side of a lane needs of the thread behind it. */
export interface LoopPort {
  readonly memory: SharedMemory
  /** Wakes the thread, which sleeps until requests are there. */
  wakeThread(): void
  /** Calls back once, as soon as the head of the reply ring is no longer `seen`. Never calls back at once. */
  onReplies(seen: number, callback: () => void): void
  /** Passes a message too large for the ring; the ring says when to take it. */
  send(message: ArrayBuffer): void
  /** Takes the next message that is too large for the ring. */
  receive(): ArrayBuffer
  /** While held, the thread keeps the process alive. */
  hold(): void
  release(): void
  /** Calls back once when the thread has ended. */
  onExit(callback: (exit: Exit) => void): void
  /** Ends the thread as soon as it is not inside the database. */
  terminate(): void
}

/** All that the thread's side of a lane needs of the loop before it. */
export interface ThreadPort {
  readonly memory: SharedMemory
  wakeLoop(): void
  /** Waits until the head of the request ring is no longer `seen`. */
  awaitRequests(seen: number): void
  /** Waits until the loop has read something: the tail of the reply ring is no longer `seen`. */
  awaitSpace(seen: number): void
  send(message: ArrayBuffer): void
  receive(): ArrayBuffer
}
