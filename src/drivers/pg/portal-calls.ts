import type { Failure } from '../../contract/index.ts'
import type { Line } from './call.ts'
import { writeClosePortal, writeExecute, writeSync } from './messages.ts'
import type { OpenCall } from './open-call.ts'
import { type PageResolve, pageOf } from './page.ts'
import { StatementCall } from './statement-call.ts'
import { status } from './status.ts'

/** A page of a result that a portal of the open transaction has, whatever else runs there. */
export class NextCall extends StatementCall {
  readonly #portal: string
  readonly #size: number
  readonly #resolve: PageResolve
  #more = false

  constructor(opened: OpenCall, size: number, resolve: PageResolve) {
    super({ ...opened.query, maxRows: undefined }, opened.query.rowMode)
    this.statement = opened.opened
    this.typed = opened.isTyped
    this.#portal = opened.portal
    this.#size = size
    this.#resolve = resolve
  }

  override isAlone(): boolean {
    return false
  }

  write(line: Line): boolean {
    writeExecute(line.out, this.#portal, this.#size)
    writeSync(line.out)
    return true
  }

  override onSuspended(): void {
    this.#more = true
  }

  deliver(time: number): void {
    this.#resolve(pageOf(this.outcome(time), this.#more))
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}

/** Closes the portal of a result in a transaction. */
export class ClosePortalCall extends StatementCall {
  readonly #portal: string
  readonly #resolve: (failure: Failure | null) => void

  constructor(opened: OpenCall, resolve: (failure: Failure | null) => void) {
    super({ ...opened.query, maxRows: undefined }, 'array')
    this.statement = opened.opened
    this.#portal = opened.portal
    this.#resolve = resolve
  }

  override isAlone(): boolean {
    return false
  }

  write(line: Line): boolean {
    // With its transaction it is gone by itself.
    if (line.status === status.idle) {
      this.#resolve(null)
      return false
    }
    writeClosePortal(line.out, this.#portal)
    writeSync(line.out)
    return true
  }

  deliver(): void {
    this.#resolve(this.failure)
  }

  fail(failure: Failure): void {
    this.#resolve(failure)
  }
}
