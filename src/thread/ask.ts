import { callState, cell, hold } from './memory.ts'
import { askFlag } from './protocol.ts'
import { cancelledRecord, notStartedRecord, Refusal } from './refusals.ts'

/** One call as the thread sees it. */
export interface Ask {
  readonly slot: number
  readonly flags: number
  /** The most rows that its result may have; only where there is a limit. */
  readonly maxRows?: number
}

/** Whether a call belongs to a transaction that its caller began. */
export function isInTransaction(ask: Ask): boolean {
  return (ask.flags & askFlag.inTransaction) !== 0
}

/** Whether a call may be given up by its caller. */
export function isCancellable(ask: Ask): boolean {
  return (ask.flags & askFlag.cancellable) !== 0
}

/** No call is being run. */
const NONE = -1

/** The thread's side of giving calls up: who decides first, this side or the loop, decides for both. */
export class Decisions {
  readonly #control: Int32Array
  #standing = false

  constructor(control: Int32Array) {
    this.#control = control
  }

  /** Tells the loop which call is being run; of several that stand or fall together, the last. */
  start(ask: Ask): void {
    this.#control[cell.at] = ask.slot
  }

  /** A call that may be given up has come. */
  arrived(_ask: Ask): void {
    // The loop has raised its cell already.
  }

  /** Something begins that nobody can give up. */
  begins(): void {
    // Whoever shares the memory need not know.
  }

  /** Whether the loop has given the call up, alone or with all others. */
  isCancelled(ask: Ask): boolean {
    if (this.isGivenUp) return true
    return isCancellable(ask) && Atomics.load(this.#control, cell.callStates + ask.slot) === callState.cancelled
  }

  /** Whether the loop has given up everything that it asked for. */
  get isGivenUp(): boolean {
    return Atomics.load(this.#control, cell.hold) === hold.givenUp
  }

  /** Throws if the loop has given the call up; says whether anything of it was `begun`. */
  refuseIfCancelled(ask: Ask, begun: boolean = false): void {
    if (!this.isCancelled(ask)) return
    throw new Refusal(this.isGivenUp && !begun ? notStartedRecord : cancelledRecord)
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

  /** From here on what runs will stand, until {@link rest}. False when the loop has given everything up already. */
  stand(): boolean {
    if (this.#standing) return !this.isGivenUp
    this.#standing = Atomics.compareExchange(this.#control, cell.hold, hold.open, hold.standing) === hold.open
    return this.#standing
  }

  /** The same, but throws. */
  standOrRefuse(): void {
    if (!this.stand()) throw new Refusal(cancelledRecord)
  }

  /** What ran is over and answered. */
  rest(): void {
    this.#control[cell.at] = NONE
    if (!this.#standing) return
    this.#standing = false
    Atomics.compareExchange(this.#control, cell.hold, hold.standing, hold.open)
  }

  /** Nothing is left of what was given up: the loop may ask again. */
  reopen(): void {
    Atomics.store(this.#control, cell.hold, hold.open)
  }
}
