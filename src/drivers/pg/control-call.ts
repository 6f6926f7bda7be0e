import { type ErrorRecord, Failure } from '../../contract/index.ts'
import { Call, type Line } from './call.ts'
import { CANCELLED, type Fields, serverFailure } from './errors.ts'
import { writeQuery } from './messages.ts'
import { status } from './status.ts'
import { tagOf } from './tag.ts'

/** What begins, divides or ends a transaction, or looks after the session. */
export interface Control {
  readonly sql: string
  /** What it is answered with where that can be told without asking, by the state of the session. */
  answer?(state: number, line: Line): ErrorRecord | 'done' | undefined
  /** What the tag means with which the server says that it is done. */
  meaning?(tag: string): ErrorRecord | null
}

/** Runs a statement of offloop's own. It waits for what was asked before, and what is asked behind it waits for it. */
export class ControlCall extends Call {
  readonly #control: Control
  readonly #resolve: (failure: Failure | null) => void
  #failure: Failure | null = null

  constructor(control: Control, resolve: (failure: Failure | null) => void) {
    super()
    this.#control = control
    this.#resolve = resolve
  }

  isAlone(): boolean {
    return true
  }

  write(line: Line): boolean {
    const known = this.#control.answer?.(line.status, line)
    if (known !== undefined) {
      this.#resolve(known === 'done' ? null : new Failure(known))
      return false
    }
    writeQuery(line.out, this.#control.sql)
    return true
  }

  override onComplete(bytes: Buffer, at: number, end: number): void {
    const record = this.#control.meaning?.(tagOf(bytes, at, end))
    if (record) this.#failure ??= new Failure(record)
  }

  onError(fields: Fields): void {
    const isStopped = fields.C === CANCELLED && this.stopped
    this.#failure ??= isStopped ? this.stopped : new Failure(serverFailure(fields))
  }

  finish(): boolean {
    return false
  }

  deliver(): void {
    this.#resolve(this.#failure)
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}

/** True while no transaction is open. */
export function isIdle(state: number): boolean {
  return state === status.idle
}
