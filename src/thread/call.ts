import type { Fate } from '../contract/connection.ts'
import { type ErrorRecord, Failure } from '../contract/failure.ts'
import type { ByteWriter } from './byte-writer.ts'
import { fateOf } from './refusals.ts'
import type { Message } from './ring.ts'

/** The slot of a call that was not sent yet. */
export const UNSENT = -1
/** The slot of a call that was answered. */
export const ANSWERED = -2

/** One request and everything that is needed to answer it. A call is answered exactly once. */
export abstract class Call {
  /** Where the call stands among those in flight, or {@link UNSENT}, or {@link ANSWERED}. */
  slot: number = UNSENT
  /** Calls are sent, and answered, in this order. */
  order = 0
  flags = 0
  /** The loop gave the call up: what still comes for it is dropped. */
  abandoned = false
  /** What it fails with when the thread says that it was given up, since all were. */
  fates: ((fate: Fate) => Failure) | null = null
  /** Called once the last reply was taken. */
  onAnswer: (() => void) | null = null
  abstract readonly type: number
  /** The most bytes that {@link write} will write, text included. */
  abstract bound(): number
  abstract write(writer: ByteWriter): void
  /** Takes one reply; true when it was the last. */
  abstract receive(message: Message): boolean
  abstract fail(failure: Failure): void

  /** The failure that a message tells of. */
  protected failureIn(message: Message): Failure {
    const record = message.body.value() as ErrorRecord
    const fate = fateOf(record)
    return this.fates && fate ? this.fates(fate) : new Failure(record)
  }

  /** Fails before it was answered; what still comes for it is dropped. */
  giveUp(failure: Failure): void {
    this.abandoned = true
    this.onAnswer?.()
    this.fail(failure)
  }

  /** Fails since the thread ended; `_decided` tells whether it had decided by then that the call's effects will stand. */
  lose(failure: Failure, _decided: boolean): void {
    this.fail(failure)
  }
}
