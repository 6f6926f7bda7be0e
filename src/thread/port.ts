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
  /** Whether loop and thread can run at the same time: only then does one see news of the other while it looks. */
  readonly parallel: boolean
  /** Wakes the thread if it sleeps on its cell. */
  wakeThread(): void
  /** Calls back once, as soon as the loop's cell is no longer 1. Never calls back at once. */
  onWake(callback: () => void): void
  /** Passes a message too large for the ring; the ring says when to take it. */
  send(message: ArrayBuffer): void
  /** Takes the next message that is too large for the ring. */
  receive(): ArrayBuffer
  /** While held, the thread keeps the process alive. */
  hold(): void
  release(): void
  /** Calls back once when the thread has ended. */
  onExit(callback: (exit: Exit) => void): void
}

/** All that the thread's side of a lane needs of the loop before it. */
export interface ThreadPort {
  readonly memory: SharedMemory
  /** Whether loop and thread can run at the same time: only then does one see news of the other while it looks. */
  readonly parallel: boolean
  /** Wakes the loop if it waits on its cell. */
  wakeLoop(): void
  /** Sleeps as long as the thread's cell says `state`. */
  sleep(state: number): void
  send(message: ArrayBuffer): void
  receive(): ArrayBuffer
}
