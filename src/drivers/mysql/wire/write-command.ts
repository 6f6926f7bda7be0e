import type { Failure } from '../../../contract/index.ts'
import type { Done, ServerError } from './answers.ts'
import type { Agreement, Exchange } from './exchange.ts'
import type { PacketReader } from './packet-reader.ts'
import type { PacketWriter } from './packet-writer.ts'
import { ResultReader } from './result.ts'
import type { WireStatement } from './statement.ts'

/** One execution among many, of which only matters whether it succeeded and what it changed. */
export class WriteCommand implements Exchange {
  sentAt = 0
  toStop = false
  readonly #write: (out: PacketWriter) => void
  readonly #resolve: (answer: Done | ServerError | Failure) => void
  readonly #reader: ResultReader

  constructor(
    statement: WireStatement,
    write: (out: PacketWriter) => void,
    resolve: (answer: Done | ServerError | Failure) => void,
  ) {
    this.#write = write
    this.#resolve = resolve
    this.#reader = new ResultReader({ rowMode: 'array', statement, takeRow: () => true })
  }

  write(out: PacketWriter): void {
    this.#write(out)
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    return this.#reader.take(packet, agreement)
  }

  oversized(): void {
    // What it answers fits in any packet; a server that says otherwise says nothing.
  }

  settle(): void {
    const { error, done } = this.#reader
    this.#resolve(error ?? (done as Done))
  }

  lose(failure: Failure): void {
    this.#resolve(failure)
  }
}
