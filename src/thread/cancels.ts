import type { Failure } from '../contract/failure.ts'
import type { Call } from './call.ts'
import { callState, cell } from './memory.ts'
import { askFlag } from './protocol.ts'

/** The loop's side of giving up calls that were sent. */
export interface Cancels {
  /** A call was put into its slot, and not yet published. */
  placed(call: Call): void
  /** Gives a call up that stands in a slot; true if that decided it. */
  cancel(call: Call): boolean
  /** What a call is answered with whose connection is lost; null if nothing more is known of it. */
  failureOf(call: Call): Failure | null
  /** Whether a call whose connection is lost may have been decided there, so that its effects may stand. */
  mayBeDecided(call: Call): boolean
}

/** Where loop and thread share memory: both change the call's cell, and who is first decides. */
export class SharedCancels implements Cancels {
  readonly #control: Int32Array

  constructor(control: Int32Array) {
    this.#control = control
  }

  placed(call: Call): void {
    if ((call.flags & askFlag.cancellable) === 0) return
    const state = call.abandoned ? callState.cancelled : callState.pending
    Atomics.store(this.#control, cell.callStates + call.slot, state)
  }

  cancel(call: Call): boolean {
    const at = cell.callStates + call.slot
    return Atomics.compareExchange(this.#control, at, callState.pending, callState.cancelled) === callState.pending
  }

  failureOf(): null {
    return null
  }

  mayBeDecided(call: Call): boolean {
    if ((call.flags & askFlag.cancellable) === 0) return false
    return Atomics.load(this.#control, cell.callStates + call.slot) === callState.decided
  }
}
