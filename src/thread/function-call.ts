import type { Packed } from '../contract/crossing.ts'
import type { Failure } from '../contract/failure.ts'
import type { ThreadAnswer, ThreadCall } from '../contract/thread-call.ts'
import type { ByteReader } from './byte-reader.ts'
import { type ByteWriter, boundOf } from './byte-writer.ts'
import { Call } from './call.ts'
import { askFlags } from './calls.ts'
import { callFlag, reply, request } from './protocol.ts'
import type { Message } from './ring.ts'

type Content = Omit<ThreadCall, 'signal'>

/** Runs a function in the thread. */
export class FunctionCall extends Call {
  readonly type = request.call
  readonly #call: ThreadCall
  readonly #resolve: (answer: ThreadAnswer) => void

  constructor(call: ThreadCall, resolve: (answer: ThreadAnswer) => void) {
    super()
    this.#call = call
    this.#resolve = resolve
    // Whether or not its caller may give it up: where its state stands tells afterwards how far the thread came.
    this.flags = askFlags(false, true)
  }

  bound(): number {
    return this.#content.reduce<number>((bound, item) => bound + boundOf(item), 0)
  }

  write(writer: ByteWriter): void {
    for (const item of this.#content) writer.value(item)
  }

  receive(message: Message): boolean {
    const { body, flags, type } = message
    const transaction = flags & callFlag.open ? 'open' : 'ended'
    if (type === reply.failure) this.#resolve({ result: this.failureIn(message), transaction, time: null })
    else {
      const packed = body.value() as Packed
      const result = type === reply.threw ? { threw: packed } : { returned: packed }
      this.#resolve({ result, transaction, time: body.value() as number })
    }
    return true
  }

  fail(failure: Failure): void {
    this.lose(failure, false)
  }

  override lose(failure: Failure, decided: boolean): void {
    const isCommitting = decided && this.#call.transaction === 'write'
    this.#resolve({ result: failure, transaction: isCommitting ? 'unknown' : 'ended', time: null })
  }

  get #content(): readonly unknown[] {
    const { module, name, args, transaction, rowMode } = this.#call
    return [module, name, args, transaction, rowMode]
  }
}

/** Reads what {@link FunctionCall} wrote. */
export function readCall(body: ByteReader): Content {
  return {
    module: body.value() as string,
    name: body.value() as string,
    args: body.value() as Packed,
    transaction: body.value() as Content['transaction'],
    rowMode: body.value() as Content['rowMode'],
  }
}
