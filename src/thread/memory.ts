/** What the two sides of a lane share: two rings of bytes, and the cells through which they agree on them. */
export interface SharedMemory {
  readonly requests: SharedArrayBuffer
  readonly replies: SharedArrayBuffer
  /** Int32 cells; see {@link cell}. */
  readonly control: SharedArrayBuffer
}

/** Int32 indexes into {@link SharedMemory.control}. Each stands on a cache line of its own. */
export const cell = {
  requestHead: 0,
  requestTail: 16,
  replyHead: 32,
  replyTail: 48,
  /** 1 while the loop waits to be woken. */
  loopAsleep: 64,
  /** What the thread waits for: one of {@link asleep}. */
  threadAsleep: 80,
  /** 1 while replies are published of which the thread has yet to tell the loop. */
  replyNews: 96,
  /** Which call a process is at; see process-decisions.ts. */
  running: 112,
  /** 1 while a process is to begin nothing more. */
  halted: 128,
  /** Whether the loop has given up everything that it asked for: one of {@link hold}. */
  hold: 144,
  /** The slot of the call that the thread is at; below 0 when it is at none. */
  at: 160,
  /** The first of {@link CALL_SLOTS} cells: whether the call in that slot may still be stopped. */
  callStates: 176,
} as const

/*
 * How one side sleeps and the other wakes it. The sleeper raises its cell, looks once more whether there is something to
 * do, and then waits on that very cell as long as it is raised. The waker first makes what there is to do visible, then
 * lowers the cell and, if it was raised, notifies it. So a wake that comes between the look and the wait is not lost:
 * the wait finds the cell lowered. (Waiting on a ring's head instead loses it when the wake was meant for something that
 * the sleeper had already seen.)
 *
 * A thread that gathers replies raises `replyNews` with the first of them, and lowers it before it looks whether the loop
 * is asleep. So a loop that has raised its own cell and then finds news raised may sleep although replies are there: the
 * thread is certain to wake it.
 */

/** What a thread can wait for. Whoever wakes it sets `no`. */
export const asleep = { no: 0, forRequests: 1, forSpace: 2 } as const

/** How many calls one lane can have in flight. */
export const CALL_SLOTS = 1024

/** What the loop and the thread agree on about a call that can be stopped. Only these moves exist: each decides once. */
export const callState = {
  /** Sent; both sides may still decide. */
  pending: 1,
  /** The loop decided: it must leave no trace. */
  cancelled: 2,
  /** The thread decided: its effects will stand. */
  decided: 3,
} as const

/**
 * What the loop and the thread agree on about all calls together. The thread goes from `open` to `standing` before
 * anything that nobody can undo any more, and back after it. The loop exchanges whatever there is for `givenUp`: from then
 * on the thread makes nothing stand, and starts nothing, until a `recover` comes, which opens it again. So the loop knows
 * by what it found there: only what was `standing`, the calls up to the one that it is `at`, may have an effect that stays.
 */
export const hold = { open: 0, standing: 1, givenUp: 2 } as const

/** Bytes of one ring; must be a power of two. */
const REQUEST_BYTES = 256 * 1024
const REPLY_BYTES = 1024 * 1024

/** Makes the memory of one lane. Sizes are powers of two, in bytes. */
export function createMemory(requestBytes: number = REQUEST_BYTES, replyBytes: number = REPLY_BYTES): SharedMemory {
  return {
    requests: new SharedArrayBuffer(requestBytes),
    replies: new SharedArrayBuffer(replyBytes),
    control: new SharedArrayBuffer(4 * (cell.callStates + CALL_SLOTS)),
  }
}
