import type { Outcome } from '../contract/connection.ts'
import type { ByteWriter } from './byte-writer.ts'
import { QueryCall } from './calls.ts'
import type { Message } from './ring.ts'

/** Runs a statement to its end, and tells what the event loop spent on it. */
export class MeasuredQueryCall extends QueryCall {
  #spent = 0
  #since = 0

  override write(writer: ByteWriter): void {
    const since = performance.now()
    super.write(writer)
    this.#spent += performance.now() - since
  }

  override receive(message: Message): boolean {
    this.#since = performance.now()
    const isLast = super.receive(message)
    this.#spent += performance.now() - this.#since
    return isLast
  }

  protected override result(outcome: Outcome): Outcome {
    return { ...outcome, loopTime: this.#spent + performance.now() - this.#since }
  }
}
