import type { Decisions } from './ask.ts'
import type { SharedMemory } from './memory.ts'

/** How a thread ended. */
export interface Exit {
  readonly code: number
  /** What it was: a thread unless told. */
  readonly what?: 'thread' | 'process'
  /** The signal that ended it, such as `SIGSEGV`. */
  readonly signal?: string | undefined
  /** False when it could not even be started. */
  readonly spawned?: boolean
  /** It was ended on purpose, by {@link LoopPort.kill} or by what stops calls. */
  readonly killed?: boolean
  /** What it died of, when that is known. */
  readonly error?: unknown
}

/** What a process tells of a call that the loop asks it to give up, or whether it died of it. */
export type Verdict = 'late' | 'waiting' | 'running' | 'ended'

/** How the loop gives up calls of a process, with which it shares no memory; see asked-cancels.ts. */
export interface CancelLine {
  /** Asks to give a call up, or, when that is decided and it still runs, to end the process over it. */
  ask(verb: 'cancel' | 'end', slot: number, serial: number): void
  /** Takes the answers. */
  onVerdict(callback: (verdict: Verdict, slot: number, serial: number) => void): void
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
  /** How calls are given up where no memory is shared; absent where it is. */
  readonly cancels?: CancelLine
  /** Ends the other side at once, whatever it does; false if it was ended already. Absent where nothing can. */
  kill?(): boolean
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
  /** What decides about calls that are given up, where it is not the cells of shared memory alone. */
  readonly decisions?: Decisions
}
