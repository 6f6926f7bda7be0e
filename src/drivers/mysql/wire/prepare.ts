import type { Failure } from '../../../contract/index.ts'
import { First, readError, type ServerError } from './answers.ts'
import { readColumn, type WireColumn } from './columns.ts'
import type { Agreement, Exchange } from './exchange.ts'
import type { PacketReader } from './packet-reader.ts'
import type { PacketWriter } from './packet-writer.ts'
import { WireStatement } from './statement.ts'

const PREPARE = 0x16

/** Has the server prepare a statement. */
export class Prepare implements Exchange {
  sentAt = 0
  toStop = false
  readonly #sql: string
  readonly #bytes: number
  readonly #resolve: (answer: WireStatement | ServerError | Failure) => void
  readonly #columns: WireColumn[] = []
  #id = -1
  #parameterCount = 0
  /** Packets that describe parameters and columns, with those that end them. */
  #parametersLeft = -1
  #columnsLeft = 0
  #answer: WireStatement | ServerError | null = null

  constructor(sql: string, bytes: number, resolve: (answer: WireStatement | ServerError | Failure) => void) {
    this.#sql = sql
    this.#bytes = bytes
    this.#resolve = resolve
  }

  write(out: PacketWriter): void {
    out.begin(1 + this.#bytes)
    out.uint8(PREPARE)
    out.rawText(this.#sql)
    out.end()
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    if (this.#parametersLeft < 0) {
      if (packet.peek() !== First.ok) {
        this.#answer = readError(packet)
        return true
      }
      this.#takeHead(packet, agreement.endsAreDone ? 0 : 1)
    } else if (this.#parametersLeft > 0) this.#parametersLeft--
    else this.#takeColumn(packet, agreement)
    if (this.#parametersLeft > 0 || this.#columnsLeft > 0) return false
    this.#answer = new WireStatement(this.#id, this.#parameterCount, this.#columns)
    return true
  }

  oversized(): void {
    // What it answers fits in any packet; a server that says otherwise says nothing.
  }

  settle(): void {
    this.#resolve(this.#answer as WireStatement | ServerError)
  }

  lose(failure: Failure): void {
    this.#resolve(failure)
  }

  #takeHead(packet: PacketReader, ends: number): void {
    packet.skip(1)
    this.#id = packet.uint32()
    const columns = packet.uint16()
    this.#parameterCount = packet.uint16()
    this.#parametersLeft = this.#parameterCount > 0 ? this.#parameterCount + ends : 0
    this.#columnsLeft = columns > 0 ? columns + ends : 0
  }

  #takeColumn(packet: PacketReader, { endsAreDone, extendedColumns }: Agreement): void {
    this.#columnsLeft--
    if (endsAreDone || this.#columnsLeft > 0) this.#columns.push(readColumn(packet, extendedColumns))
  }
}
