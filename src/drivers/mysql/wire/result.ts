import { Failure, type RowMode, type SqlError } from '../../../contract/index.ts'
import type { RowDecoder } from '../../../thread/rows.ts'
import { type Done, First, readDone, readEnd, readError, type ServerError, Status } from './answers.ts'
import { readColumn, type WireColumn } from './columns.ts'
import type { Agreement } from './exchange.ts'
import type { PacketReader } from './packet-reader.ts'
import { ResultShape, type WireStatement } from './statement.ts'
import { BinaryRow, type RowValues, TextRow } from './values.ts'

const HEAD = 0
const COLUMNS = 1
const COLUMNS_END = 2
const ROWS = 3

/** Of a result: whatever takes its rows one by one; false where no more of them are wanted. */
export type TakeRow = (row: unknown, bytes: number) => boolean

/** What a result is read with. */
export interface ResultSetting {
  readonly rowMode: RowMode
  /** The statement it is of; null for one that was not prepared, whose values are text. */
  readonly statement: WireStatement | null
  readonly takeRow: TakeRow
}

/**
 * Reads the answer of a statement: rows, or that it is done. Of several results (a procedure gives them) the rows of the
 * first are taken.
 */
export class ResultReader {
  done: Done | null = null
  error: ServerError | Failure | null = null
  shape: ResultShape | null = null
  status = -1
  readonly #setting: ResultSetting
  #state = HEAD
  #columns: WireColumn[] = []
  #columnCount = 0
  #values: RowValues | null = null
  #decode: RowDecoder | null = null
  #wanted = true

  constructor(setting: ResultSetting) {
    this.#setting = setting
  }

  /** No more rows are wanted: they are passed over. */
  passOver(): void {
    this.#wanted = false
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    if (this.#state === ROWS) return this.#takeRow(packet, agreement)
    if (this.#state === HEAD) return this.#takeHead(packet, agreement)
    if (this.#state === COLUMNS) {
      this.#columns.push(readColumn(packet, agreement.extendedColumns))
      if (this.#columns.length < this.#columnCount) return false
      this.#know(new ResultShape(this.#columns))
      this.#state = agreement.endsAreDone ? ROWS : COLUMNS_END
      return false
    }
    if (packet.peek() === First.error) return this.#fail(packet)
    this.#state = ROWS
    return false
  }

  #takeHead(packet: PacketReader, agreement: Agreement): boolean {
    const first = packet.peek()
    if (first === First.ok) return this.#end(readDone(packet))
    if (first === First.error) return this.#fail(packet)
    if (first === First.localInfile) throw new Error('the server asks for a file, which it is never given')
    this.#columnCount = packet.count()
    const known = this.#setting.statement?.shape
    if (agreement.skipsColumns && packet.uint8() === 0) {
      if (known?.columns.length !== this.#columnCount) throw new Error('the server left out columns that nobody knows')
      this.#use(known)
      this.#state = agreement.endsAreDone ? ROWS : COLUMNS_END
      return false
    }
    this.#columns = []
    this.#state = COLUMNS
    return false
  }

  #know(shape: ResultShape): void {
    const { statement } = this.#setting
    if (statement && this.shape === null) statement.shape = shape
    this.#use(shape)
  }

  #use(shape: ResultShape): void {
    if (this.shape) return this.passOver()
    this.shape = shape
    this.#values = this.#setting.statement ? new BinaryRow(shape.columns) : new TextRow(shape.columns)
    try {
      this.#decode = shape.decoder(this.#setting.rowMode)
    } catch (error) {
      // Two columns of one name: the statement runs to its end all the same, and then its caller is told.
      this.error = Failure.of(error as SqlError)
      this.passOver()
    }
  }

  #takeRow(packet: PacketReader, agreement: Agreement): boolean {
    const first = packet.peek()
    if (first === First.end && packet.length < 0xffffff) {
      return this.#end(agreement.endsAreDone ? readDone(packet) : { ...NOTHING, status: readEnd(packet) })
    }
    if (first === First.error) return this.#fail(packet)
    if (!this.#wanted) return false
    const values = this.#values as RowValues
    const bytes = packet.length
    values.start(packet)
    if (!this.#setting.takeRow((this.#decode as RowDecoder)(values), bytes)) this.passOver()
    return false
  }

  #fail(packet: PacketReader): boolean {
    this.error = readError(packet)
    return true
  }

  #end(done: Done): boolean {
    this.status = done.status
    this.#state = HEAD
    if ((done.status & Status.moreResults) !== 0) return false
    this.done = done
    return true
  }
}

const NOTHING: Done = { affectedRows: 0, insertId: 0, status: 0 }
