import type { Failure } from '../../../contract/index.ts'
import { First, readDone, readEnd, readError, type ServerError, Status } from './answers.ts'
import { readColumn, type WireColumn } from './columns.ts'
import type { Agreement, Exchange } from './exchange.ts'
import type { PacketReader } from './packet-reader.ts'
import type { PacketWriter } from './packet-writer.ts'
import { TextRow } from './values.ts'

const QUERY = 0x03

/** What a statement of the driver's own gave. */
export interface TextAnswer {
  readonly rows: readonly unknown[][]
  readonly status: number
}

/** Runs a statement of the driver's own, with text instead of values and few rows. Its text holds nothing of the user's. */
export class TextCommand implements Exchange {
  sentAt = 0
  toStop = false
  readonly #sql: string
  readonly #command: number
  readonly #resolve: (answer: TextAnswer | ServerError | Failure) => void
  readonly #columns: WireColumn[] = []
  readonly #rows: unknown[][] = []
  #columnsLeft = -1
  #endsColumns = false
  #answer: TextAnswer | ServerError | null = null

  /** @param command what is asked of the server; to run the text unless told */
  constructor(sql: string, resolve: (answer: TextAnswer | ServerError | Failure) => void, command: number = QUERY) {
    this.#sql = sql
    this.#command = command
    this.#resolve = resolve
  }

  write(out: PacketWriter): void {
    out.begin(1 + this.#sql.length * 3)
    out.uint8(this.#command)
    out.rawText(this.#sql)
    out.end()
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    if (packet.peek() === First.error) return this.#end(readError(packet))
    if (this.#columnsLeft < 0) return this.#takeHead(packet)
    if (this.#columnsLeft > 0) {
      this.#columns.push(readColumn(packet, agreement.extendedColumns))
      this.#columnsLeft--
      this.#endsColumns = this.#columnsLeft === 0 && !agreement.endsAreDone
      return false
    }
    if (this.#endsColumns) {
      this.#endsColumns = false
      return false
    }
    if (packet.peek() === First.end && packet.length < 0xffffff) {
      return this.#done(agreement.endsAreDone ? readDone(packet).status : readEnd(packet))
    }
    const reader = new TextRow(this.#columns)
    reader.start(packet)
    this.#rows.push(this.#columns.map(() => reader.value()))
    return false
  }

  oversized(): void {
    // What it answers fits in any packet; a server that says otherwise says nothing.
  }

  settle(): void {
    this.#resolve(this.#answer as TextAnswer | ServerError)
  }

  lose(failure: Failure): void {
    this.#resolve(failure)
  }

  #takeHead(packet: PacketReader): boolean {
    if (packet.peek() === First.ok) return this.#done(readDone(packet).status)
    this.#columnsLeft = packet.count()
    return false
  }

  #done(status: number): boolean {
    this.#columnsLeft = -1
    return (status & Status.moreResults) !== 0 ? false : this.#end({ rows: this.#rows, status })
  }

  #end(answer: TextAnswer | ServerError): boolean {
    this.#answer = answer
    return true
  }
}
