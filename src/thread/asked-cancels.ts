import { type Clock, systemClock, type Timer } from '../base/clock.ts'
import { Failure } from '../contract/failure.ts'
import { ANSWERED, type Call } from './call.ts'
import type { Cancels } from './cancels.ts'
import { abortedRecord, notBegunRecord } from './loss.ts'
import { CALL_SLOTS } from './memory.ts'
import type { CancelLine, LoopPort, Verdict } from './port.ts'
import { serialAfter } from './process-decisions.ts'
import { askFlag } from './protocol.ts'

/** How long a statement that was given up may go on before its process is ended, in milliseconds. */
const GRACE = 200
/** How long a process may leave a question unanswered, in milliseconds. */
const PATIENCE = 2000

/** A call that the process was asked to give up. */
interface Asked {
  readonly call: Call
  readonly serial: number
  /** The process has given it up; what is left is to wait for its end. */
  decided: boolean
  timer: Timer
}

/**
 * Where the call runs in another process: the loop asks, the process decides (see process-decisions.ts). A statement
 * that goes on after it was given up costs its process, and so does a process that does not answer.
 */
export class AskedCancels implements Cancels {
  readonly #line: CancelLine
  readonly #kill: () => void
  readonly #writes: boolean
  readonly #clock: Clock
  readonly #serials = new Int32Array(CALL_SLOTS)
  /** When the call in each slot was placed, counted. */
  readonly #orders = new Float64Array(CALL_SLOTS)
  readonly #asked = new Map<number, Asked>()
  #placed = 0
  /** The call over which the process ended: none behind it had begun. */
  #endedAt = Number.POSITIVE_INFINITY

  constructor(port: Pick<LoopPort, 'cancels' | 'kill'>, writes: boolean, clock: Clock = systemClock) {
    this.#line = port.cancels as CancelLine
    this.#kill = () => port.kill?.()
    this.#writes = writes
    this.#clock = clock
    this.#line.onVerdict((verdict, slot, serial) => this.#onVerdict(verdict, slot, serial))
  }

  placed(call: Call): void {
    const { slot } = call
    this.#orders[slot] = ++this.#placed
    if ((call.flags & askFlag.cancellable) === 0) return
    this.#serials[slot] = serialAfter(this.#serials[slot] as number)
  }

  cancel(call: Call): boolean {
    const { slot } = call
    const serial = this.#serials[slot] as number
    this.#forget(slot)
    this.#asked.set(slot, { call, serial, decided: false, timer: this.#setTimer(slot, PATIENCE, this.#kill) })
    this.#line.ask('cancel', slot, serial)
    return false
  }

  // Only the lost process knew.
  mayBeDecided(call: Call): boolean {
    return (call.flags & askFlag.cancellable) !== 0
  }

  failureOf(call: Call): Failure | null {
    if ((this.#orders[call.slot] as number) > this.#endedAt) return new Failure(notBegunRecord)
    const asked = this.#asked.get(call.slot)?.call === call
    // What only reads, or is undone with its transaction, has left nothing behind.
    const leavesNothing = !this.#writes || (call.flags & askFlag.inTransaction) !== 0
    return asked && leavesNothing ? new Failure(abortedRecord) : null
  }

  #onVerdict(verdict: Verdict, slot: number, serial: number): void {
    const asked = this.#asked.get(slot)
    if (!asked || asked.serial !== serial) return
    if (asked.call.slot === ANSWERED || verdict === 'late') return this.#forget(slot)
    if (verdict === 'ended') {
      this.#endedAt = this.#orders[slot] as number
      return this.#forget(slot)
    }
    if (!asked.decided) this.#giveUp(asked.call)
    if (verdict === 'waiting') return this.#forget(slot)
    asked.decided = true
    this.#clock.clearTimer(asked.timer)
    asked.timer = this.#setTimer(slot, GRACE, () => this.#end(slot, asked))
  }

  #giveUp(call: Call): void {
    call.abandoned = true
    call.fail(new Failure(abortedRecord))
  }

  #end(slot: number, asked: Asked): void {
    asked.timer = this.#setTimer(slot, PATIENCE, this.#kill)
    this.#line.ask('end', slot, asked.serial)
  }

  #setTimer(slot: number, milliseconds: number, late: () => void): Timer {
    return this.#clock.setTimer(() => {
      if (this.#asked.get(slot)?.call.slot === slot) late()
      else this.#forget(slot)
    }, milliseconds)
  }

  #forget(slot: number): void {
    const asked = this.#asked.get(slot)
    if (!asked) return
    this.#clock.clearTimer(asked.timer)
    this.#asked.delete(slot)
  }
}
