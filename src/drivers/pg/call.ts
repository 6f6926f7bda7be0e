import type { Failure } from '../../contract/index.ts'
import { type Fields, ProtocolError } from './errors.ts'
import type { Outbox } from './outbox.ts'
import type { Bulk, Statements } from './statements.ts'

/** What a call may know and ask of the line that it stands in. */
export interface Line {
  /** Where it writes what is to be sent. */
  readonly out: Outbox
  readonly statements: Statements
  /** The state of the session, as far as answers have come. */
  readonly status: number
  readonly maxResultBytes: number
  /** Something was sent that may have left something in the session. */
  isTouched: boolean
  /** Somebody waits for the call that has the line alone. */
  readonly isWaitedFor: boolean
  /** Sends what was written, as soon as all that can be done at once is done. */
  flush(): void
  /** More was asked for of the call that has the line alone. */
  asked(): void
  /** A part of its answer is complete: the milliseconds that it took. */
  pageTime(): number
  /** Asks the server to stop a call that was sent; it fails with this if that was in time. */
  stop(call: Call, failure: Failure): void
  /** Says goodbye: nothing is under way any more. */
  sayGoodbye(): void
}

/** One request and everything needed to answer it. */
export abstract class Call {
  next: Call | null = null
  /** What it is a part of. */
  bulk: Bulk | null = null
  /** It is to be stopped, and fails with this when it was. */
  stopped: Failure | null = null
  /** Its caller waits no longer than the server may take to stop it, and is told this. */
  givenUp: Failure | null = null
  /** It was under way while another was cancelled, which may have hit this one. */
  exposed = false
  /** What is to be done once it is answered. */
  onAnswer: (() => void) | null = null

  /** Does something besides once it is answered. */
  follow(work: () => void): void {
    const before = this.onAnswer
    this.onAnswer = before
      ? () => {
          before()
          work()
        }
      : work
  }

  /** Nobody waits for it, though it has not come to its end. */
  get isResting(): boolean {
    return false
  }

  /** Nothing of it is kept if its connection ends before it is answered. */
  get leavesNothing(): boolean {
    return false
  }

  /** It can be made again on another connection, even if it was begun. */
  get isRepeatable(): boolean {
    return false
  }

  /** Nothing may be under way before it, and nothing may be sent behind it before it is answered. */
  abstract isAlone(line: Line): boolean

  /** Writes what asks for it; false when it was answered without. What it throws is its failure. */
  abstract write(line: Line): boolean

  /** All of its answer has come; true when it is to be asked for once more. */
  abstract finish(line: Line): boolean

  /** Gives the answer to whoever asked; `time` is how many milliseconds the database took. */
  abstract deliver(time: number): void

  /** Gives a failure in place of the answer. */
  abstract fail(failure: Failure): void

  /** The server refuses it. */
  abstract onError(fields: Fields, line: Line): void

  onRow(_bytes: Buffer, _at: number, _end: number, _line: Line): void {
    throw new ProtocolError('a row came that nobody asked for')
  }

  onResult(_bytes: Buffer, _at: number, _end: number): void {
    throw new ProtocolError('a description of rows came that nobody asked for')
  }

  onNoResult(): void {
    throw new ProtocolError('a description came that nobody asked for')
  }

  onComplete(_bytes: Buffer, _at: number, _end: number, _line: Line): void {
    throw new ProtocolError('the end of a statement came that nobody sent')
  }

  onSuspended(_line: Line): void {
    throw new ProtocolError('the end of a page came that nobody asked for')
  }

  /** The server has prepared its statement. */
  onParsed(): void {
    // Only a call that runs a statement wants to know.
  }

  /** It has the line alone, and somebody waits behind it. */
  onWaitedFor(_line: Line): void {
    // Most calls are done soon.
  }

  /** The server wants data, or gives data, beside rows. */
  onCopy(_isIn: boolean, _line: Line): void {
    throw new ProtocolError('data came that nobody asked for')
  }
}

/** Ends a call that has no answer. */
export function settle(call: Call, failure: Failure): void {
  call.fail(failure)
  call.onAnswer?.()
}

/** Calls, one behind the other. */
export class Calls {
  first: Call | null = null
  #last: Call | null = null
  size = 0

  push(call: Call): void {
    call.next = null
    if (this.#last) this.#last.next = call
    else this.first = call
    this.#last = call
    this.size++
  }

  unshift(call: Call): void {
    call.next = this.first
    this.first = call
    this.#last ??= call
    this.size++
  }

  shift(): Call | null {
    const call = this.first
    if (!call) return null
    this.first = call.next
    if (!this.first) this.#last = null
    call.next = null
    this.size--
    return call
  }

  has(call: Call): boolean {
    for (const other of this) if (other === call) return true
    return false
  }

  /** Takes one out, wherever it stands; false when it is not there. */
  remove(call: Call): boolean {
    if (this.first === call) return this.shift() !== null
    for (let before = this.first; before; before = before.next) {
      if (before.next !== call) continue
      before.next = call.next
      if (this.#last === call) this.#last = before
      call.next = null
      this.size--
      return true
    }
    return false
  }

  /** All of them, which are then here no longer. */
  takeAll(): Call[] {
    const all = [...this]
    this.first = null
    this.#last = null
    this.size = 0
    return all
  }

  *[Symbol.iterator](): Iterator<Call> {
    for (let call = this.first; call; call = call.next) yield call
  }
}
