import { callState, cell } from './memory.ts'
import { askFlag } from './protocol.ts'
import { cancelledRecord, Refusal } from './refusals.ts'

/** One call as the thread sees it. */
export interface Ask {
  readonly slot: number
  readonly flags: number
}

/** Whether a call belongs to a transaction that its caller began. */
export function isInTransaction(ask: Ask): boolean {
  return (ask.flags & askFlag.inTransaction) !== 0
}

/** Whether a call may be given up by its caller. */
export function isCancellable(ask: Ask): boolean {
  return (ask.flags & askFlag.cancellable) !== 0
}

/** The thread's side of giving calls up: who decides first, this side or the loop, decides for both. */
export class Decisions {
  readonly #control: Int32Array

  constructor(control: Int32Array) {
    this.#control = control
  }

  /** A call that may be given up has come. */
  arrived(_ask: Ask): void {
    // The loop has raised its cell already.
  }

  /** Something begins that nobody can give up. */
  begins(): void {
    // Whoever shares the memory need not know.
  }

  /** Whether the loop has given the call up. */
  isCancelled(ask: Ask): boolean {
    return isCancellable(ask) && Atomics.load(this.#control, cell.callStates + ask.slot) === callState.cancelled
  }

  /** Throws if the loop has given the call up. */
  refuseIfCancelled(ask: Ask): void {
    if (this.isCancelled(ask)) throw new Refusal(cancelledRecord)
  }

  /**
   * From here on the loop can no longer give the call up: its effects will stand. False when it has done so already.
   * Asked again it gives the same answer.
   */
  decide(ask: Ask): boolean {
    if (!isCancellable(ask)) return true
    const at = cell.callStates + ask.slot
    const before = Atomics.compareExchange(this.#control, at, callState.pending, callState.decided)
    return before !== callState.cancelled
  }
}
