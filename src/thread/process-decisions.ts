import { type Ask, Decisions, isCancellable } from './ask.ts'
import { CALL_SLOTS, callState, cell } from './memory.ts'
import type { Verdict } from './port.ts'
import { askFlag } from './protocol.ts'

/*
 * How calls of a process are given up. The loop shares no memory with it, so it asks, and what is decided is decided
 * inside the process: between its main thread, which runs the statements, and a second one, the watch, which hears the
 * loop at any time. They share the cell of each slot, and decide there as loop and thread do: by who is first.
 *
 * What the loop asks may come before the call that it means, or after the slot has been given to another. So both sides
 * count the calls of each slot that may be given up; the count is the call's serial, and stands in the cell above its
 * state.
 *
 * To end the process over a call is to end it over that call only. The main thread first says what it begins and then
 * looks whether it is halted; the watch first halts it and then looks what it has begun. So once the watch has seen the
 * call there, nothing else will have begun when the process is gone.
 */

const STATE_BITS = 2
const STATE = (1 << STATE_BITS) - 1
/** Enough for every slot's number. */
const SLOT_BITS = Math.ceil(Math.log2(CALL_SLOTS))
/** Serials are 1 to this, then 1 again: with a slot they fit into a cell. */
export const LAST_SERIAL = 2 ** (31 - SLOT_BITS) - 1

/** The serial of the next call of a slot. */
export function serialAfter(serial: number): number {
  return (serial % LAST_SERIAL) + 1
}

/** The main thread's side. */
export class ProcessDecisions extends Decisions {
  readonly #control: Int32Array
  readonly #serials = new Int32Array(CALL_SLOTS)

  constructor(control: Int32Array) {
    super(control)
    this.#control = control
  }

  override arrived({ slot, flags }: Ask): void {
    const serial = serialAfter(this.#serials[slot] as number)
    this.#serials[slot] = serial
    const at = cell.callStates + slot
    const before = Atomics.load(this.#control, at)
    // Given up before it came, or just now: so it stays.
    if (before === cellOf(serial, callState.cancelled)) return
    const state = flags & askFlag.givenUp ? callState.cancelled : callState.pending
    Atomics.compareExchange(this.#control, at, before, cellOf(serial, state))
  }

  /** Asked before each statement, which then begins unless the process is halted. */
  override isCancelled(ask: Ask): boolean {
    if (!isCancellable(ask)) {
      this.begins()
      return false
    }
    this.#begin(callId(ask.slot, this.#serials[ask.slot] as number))
    return stateOf(Atomics.load(this.#control, cell.callStates + ask.slot)) === callState.cancelled
  }

  override begins(): void {
    this.#begin(0)
  }

  #begin(id: number): void {
    const control = this.#control
    Atomics.store(control, cell.running, id)
    while (Atomics.load(control, cell.halted) === 1) Atomics.wait(control, cell.halted, 1)
  }

  override decide(ask: Ask): boolean {
    if (!isCancellable(ask)) return true
    const serial = this.#serials[ask.slot] as number
    const pending = cellOf(serial, callState.pending)
    const at = cell.callStates + ask.slot
    const before = Atomics.compareExchange(this.#control, at, pending, cellOf(serial, callState.decided))
    return stateOf(before) !== callState.cancelled
  }
}

/** The watch's side. */
export class Watch {
  readonly #control: Int32Array

  constructor(control: Int32Array) {
    this.#control = control
  }

  /** Gives a call up, unless it was decided or has been answered. */
  cancel(slot: number, serial: number): Verdict {
    const control = this.#control
    const at = cell.callStates + slot
    const cancelled = cellOf(serial, callState.cancelled)
    for (;;) {
      const before = Atomics.load(control, at)
      const known = before >> STATE_BITS
      // Its answer, or that of a later call of the slot, is on its way.
      if (known === serial ? stateOf(before) === callState.decided : serialAfter(known) !== serial) return 'late'
      if (Atomics.compareExchange(control, at, before, cancelled) === before) break
    }
    return Atomics.load(control, cell.running) === callId(slot, serial) ? 'running' : 'waiting'
  }

  /** Halts the process if it is at this call: 'ended', and then it must be ended. Else it goes on. */
  end(slot: number, serial: number): Verdict {
    const control = this.#control
    Atomics.store(control, cell.halted, 1)
    if (Atomics.load(control, cell.running) === callId(slot, serial)) return 'ended'
    Atomics.store(control, cell.halted, 0)
    Atomics.notify(control, cell.halted)
    return 'waiting'
  }
}

function cellOf(serial: number, state: number): number {
  return (serial << STATE_BITS) | state
}

function stateOf(value: number): number {
  return value & STATE
}

/** Names a call by one number that is not 0. */
function callId(slot: number, serial: number): number {
  return (serial << SLOT_BITS) | slot
}
