import { Failure, type OpenResult, type Page, type Query } from '../../contract/index.ts'
import { serverFailure } from './errors.ts'
import {
  abortedRecord,
  committedRecord,
  droppedRecord,
  goneRecord,
  implicitCommitRecord,
  notBegunRecord,
  parameterCountRecord,
  tooLongRecord,
  tooManyBytesRecord,
} from './records.ts'
import type { Session } from './session.ts'
import type { Known } from './statements.ts'
import type { Turn } from './turns.ts'
import type { Agreement, Exchange } from './wire/exchange.ts'
import { executeSize, writeExecute } from './wire/execute.ts'
import type { PacketReader } from './wire/packet-reader.ts'
import type { PacketWriter } from './wire/packet-writer.ts'
import { ResultReader } from './wire/result.ts'

interface Waiter {
  readonly size: number
  readonly resolve: (page: Page | Failure) => void
}

const INTERRUPTED = 1317

/**
 * A result that is fetched page by page. The server sends its rows without being asked; as long as nobody wants them, and
 * nobody waits behind them, nothing is read from the socket. Whoever comes behind has them read into memory first.
 */
export class PagedCall implements Turn, Exchange {
  readonly alone = true
  sentAt = 0
  toStop = false
  readonly #session: Session
  readonly #query: Query
  readonly #size: number
  readonly #opened: (result: OpenResult | Failure) => void
  #known: Known | null = null
  #bytes = 0
  #reader: ResultReader | null = null
  #rows: unknown[] = []
  #held = 0
  #waiters: Waiter[] = []
  #failure: Failure | null = null
  #hasTurn = true
  #isOver = false
  #time = 0
  #whenOver: (() => void)[] = []
  #first: Page | null = null

  constructor(session: Session, query: Query, size: number, opened: (result: OpenResult | Failure) => void) {
    this.#session = session
    this.#query = query
    this.#size = size
    this.#opened = opened
  }

  start(): void {
    void this.#start().then((failure) => {
      if (failure) this.#endWith(failure)
    })
  }

  async #start(): Promise<Failure | null> {
    const session = this.#session
    const query = this.#query
    const refusal = session.refusal()
    if (refusal) return refusal
    if (query.signal?.aborted) return new Failure(abortedRecord)
    if (query.inTransaction && !session.inTransaction) return new Failure(goneRecord)
    const known = session.statement(query.sql, query.values)
    this.#known = known
    if (query.inTransaction && known.scan.commits) return new Failure(implicitCommitRecord(known.scan.verb))
    const failure = known.wire || known.isText ? null : await session.prepare(known)
    return failure ?? this.#send(known)
  }

  #send(known: Known): Failure | null {
    const { values, rowMode, signal } = this.#query
    if (signal?.aborted) return new Failure(abortedRecord)
    if (known.wire && known.wire.parameterCount !== values.length) {
      return new Failure(parameterCountRecord(known.wire.parameterCount, values.length))
    }
    this.#bytes = known.wire ? executeSize(values) : known.bytes
    const { mostBytes } = this.#session
    if (this.#bytes >= mostBytes) return new Failure(tooLongRecord(this.#bytes, mostBytes))
    const mode = rowMode === 'object' ? 'object' : 'array'
    this.#reader = new ResultReader({ rowMode: mode, statement: known.wire, takeRow: this.#takeRow })
    this.#waiters.push({ size: this.#size, resolve: (page) => this.#open(page) })
    signal?.addEventListener('abort', this.#abort, { once: true })
    this.#session.open.add(this)
    if (known.scan.leaves) this.#session.hasTraces = true
    this.#session.line.send(this)
    return null
  }

  write(out: PacketWriter): void {
    const { wire, sql, bytes } = this.#known as Known
    if (wire) return writeExecute(out, wire, this.#query.values, this.#bytes)
    out.begin(1 + bytes)
    out.uint8(0x03)
    out.rawText(sql)
    out.end()
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    return (this.#reader as ResultReader).take(packet, agreement)
  }

  oversized(): void {
    this.#fail(new Failure(tooManyBytesRecord(this.#session.options.maxResultBytes)))
  }

  settle(time: number): void {
    const { status, error } = this.#reader as ResultReader
    if (status >= 0) this.#session.status = status
    this.#time = time
    if (error && !(error instanceof Failure)) return this.#refused(error)
    if (error) this.#failure ??= error
    else if (status >= 0 && this.#query.inTransaction && !this.#session.inTransaction) {
      this.#failure ??= new Failure(committedRecord)
    }
    this.#end()
  }

  lose(failure: Failure): void {
    this.#failure ??= failure
    this.#end()
  }

  /** The transaction ends, and with it the result. */
  drop(): void {
    this.#session.open.delete(this)
    this.#fail(new Failure(droppedRecord))
  }

  readonly #abort = (): void => {
    if (this.#isOver) return
    this.#fail(new Failure(abortedRecord))
    this.#session.stopper.stop(this)
  }

  readonly #takeRow = (row: unknown, bytes: number): boolean => {
    this.#rows.push(row)
    this.#held += bytes
    const { maxResultBytes } = this.#session.options
    if (this.#held > maxResultBytes) return this.#fail(new Failure(tooManyBytesRecord(maxResultBytes)))
    if (this.#waiters.length > 0) this.#serve()
    else if (this.#rows.length >= this.#size && this.#session.line.inFlight === 1) this.#session.line.pause()
    return true
  }

  #refused(error: { errno: number; sqlState: string; message: string }): void {
    const { stopper } = this.#session
    if (error.errno !== INTERRUPTED || !this.#failure) {
      const innocent = error.errno === INTERRUPTED && stopper.isStriking && this.#first === null
      this.#failure ??= innocent ? new Failure(notBegunRecord) : serverFailure(error)
    }
    if (!this.#query.inTransaction) return this.#end()
    void this.#session.probe().then(() => this.#end())
  }

  /** Nothing more of it is wanted: what still comes is passed over. */
  #fail(failure: Failure): false {
    if (this.#isOver && this.#rows.length === 0) return false
    this.#failure ??= failure
    this.#rows = []
    this.#reader?.passOver()
    this.#session.line.resume()
    if (!this.#isOver) this.#session.stopper.stopSoon(this, () => this.#isOver)
    this.#serve()
    return false
  }

  #end(): void {
    this.#isOver = true
    this.#session.answered++
    this.#query.signal?.removeEventListener('abort', this.#abort)
    if (this.#known) this.#session.statements.giveBack(this.#known)
    this.#known = null
    this.#serve()
    if (this.#rows.length === 0) this.#session.open.delete(this)
    this.#endTurn()
    for (const tell of this.#whenOver.splice(0)) tell()
  }

  #endWith(failure: Failure): void {
    this.#failure = failure
    if (this.#known) this.#session.statements.giveBack(this.#known)
    this.#known = null
    this.#isOver = true
    this.#opened(failure)
    this.#endTurn()
  }

  #endTurn(): void {
    if (!this.#hasTurn) return
    this.#hasTurn = false
    this.#session.turns.end()
  }

  #open(page: Page | Failure): void {
    if (page instanceof Failure) this.#opened(page)
    else {
      this.#first = page
      this.#opened({ first: page, next: (size) => this.#next(size), close: () => this.#close() })
    }
    if (!(page instanceof Failure) || this.#isOver) this.#endTurn()
  }

  #next(size: number): Promise<Page | Failure> {
    return new Promise((resolve) => {
      this.#waiters.push({ size, resolve })
      this.#serve()
      if (!this.#isOver && this.#waiters.length > 0) this.#session.line.resume()
    })
  }

  #close(): Promise<Failure | null> {
    return new Promise((resolve) => {
      this.#failure ??= new Failure(droppedRecord)
      this.#rows = []
      if (this.#isOver) {
        this.#session.open.delete(this)
        return resolve(null)
      }
      this.#whenOver.push(() => resolve(null))
      this.#fail(this.#failure)
    })
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const { size } = this.#waiters[0] as Waiter
      if (this.#failure === null && !this.#isOver && this.#rows.length < size) return
      const waiter = this.#waiters.shift() as Waiter
      waiter.resolve(this.#failure ?? this.#page(size))
    }
  }

  #page(size: number): Page {
    const { shape, done } = this.#reader as ResultReader
    const rows = this.#rows.length <= size ? this.#rows : this.#rows.slice(0, size)
    this.#rows = rows === this.#rows ? [] : this.#rows.slice(size)
    if (this.#rows.length === 0) this.#held = 0
    if (this.#rows.length === 0 && this.#isOver) this.#session.open.delete(this)
    const inserted = done !== null && done.insertId !== 0 && /^(?:INSERT|REPLACE)$/.test(this.#verb)
    return {
      rows,
      description: shape ? shape.description : null,
      rowCount: shape ? -1 : (done?.affectedRows ?? -1),
      lastRowId: inserted ? done.insertId : null,
      databaseTime: this.#time,
      more: shape !== null && !(this.#isOver && this.#rows.length === 0),
    }
  }

  get #verb(): string {
    return this.#query.sql.trimStart().slice(0, 7).trimEnd().toUpperCase()
  }
}
