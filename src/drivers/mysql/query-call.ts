import { batchOf, Failure, type Outcome, type Query, type Tuple, tooLargeRecord } from '../../contract/index.ts'
import { overdueFailure, PATIENCE } from '../server/overdue.ts'
import { serverFailure } from './errors.ts'
import {
  abortedRecord,
  byHandRecord,
  committedRecord,
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

const INTERRUPTED = 1317
const UNKNOWN_STATEMENT = 1243
const TO_PREPARE_ANEW = 1615

/** One statement on its way to the server and back. */
export class QueryCall implements Turn, Exchange {
  readonly alone: boolean
  sentAt = 0
  toStop = false
  readonly #session: Session
  readonly #query: Query
  readonly #resolve: (answer: Outcome | Failure) => void
  #known: Known | null = null
  #reader: ResultReader | null = null
  #rows: unknown[] = []
  #bytes = 0
  #size = 0
  #failure: Failure | null = null
  #wasRetried = false
  #isDone = false
  #wasAborted = false
  #stopped: Failure | null = null
  #onSettled: (() => void) | null = null
  #patience: NodeJS.Timeout | undefined
  readonly #abort: (() => void) | null

  /** @param alone nothing else is with the server meanwhile, as inside a transaction */
  constructor(session: Session, query: Query, alone: boolean, resolve: (answer: Outcome | Failure) => void) {
    this.#session = session
    this.#query = query
    this.#resolve = resolve
    this.alone = alone
    const { signal } = query
    this.#abort = signal ? () => this.#giveUp() : null
    if (this.#abort) signal?.addEventListener('abort', this.#abort, { once: true })
  }

  start(): void {
    const session = this.#session
    const query = this.#query
    const refusal = session.refusal()
    if (refusal) return this.#finish(refusal)
    if (query.inTransaction && !session.inTransaction) return this.#finish(new Failure(goneRecord))
    const known = session.statement(query.sql, query.values)
    this.#known = known
    if (query.inTransaction && known.scan.commits) {
      return this.#finish(new Failure(implicitCommitRecord(known.scan.verb)))
    }
    if (known.wire || known.isText) this.#send(known)
    else void this.#prepare(known)
  }

  write(out: PacketWriter): void {
    const { wire, sql, bytes } = this.#known as Known
    if (wire) return writeExecute(out, wire, this.#query.values, this.#size)
    out.begin(1 + bytes)
    out.uint8(TEXT)
    out.rawText(sql)
    out.end()
  }

  take(packet: PacketReader, agreement: Agreement): boolean {
    return (this.#reader as ResultReader).take(packet, agreement)
  }

  oversized(): void {
    this.#tooLarge(new Failure(tooManyBytesRecord(this.#session.options.maxResultBytes)))
  }

  settle(time: number): void {
    const { status, error, done } = this.#reader as ResultReader
    if (status >= 0) this.#session.status = status
    if (error && !(error instanceof Failure)) return this.#refused(error)
    const failure = this.#failure ?? error ?? this.#left(status)
    if (failure) return this.#finish(failure)
    this.#finish(this.#outcome(time, done?.affectedRows ?? 0, done?.insertId ?? 0))
  }

  lose(failure: Failure): void {
    this.#finish(this.#fate(failure))
  }

  async #prepare(known: Known): Promise<void> {
    const { turns } = this.#session
    // Whoever comes behind is to run behind: nobody is sent while this one waits.
    turns.hold()
    const failure = await this.#session.prepare(known)
    if (failure) this.#finish(this.#session.ended ? this.#fate(failure) : failure)
    else this.#send(known)
    turns.letGo()
  }

  #send(known: Known): void {
    const session = this.#session
    const { values, rowMode } = this.#query
    if (this.#query.signal?.aborted) return this.#finish(new Failure(abortedRecord))
    if (known.wire && known.wire.parameterCount !== values.length) {
      return this.#finish(new Failure(parameterCountRecord(known.wire.parameterCount, values.length)))
    }
    this.#size = known.wire ? executeSize(values) : known.bytes
    if (this.#size >= session.mostBytes) {
      return this.#finish(new Failure(tooLongRecord(this.#size, session.mostBytes)))
    }
    const mode = rowMode === 'object' ? 'object' : 'array'
    this.#reader = new ResultReader({ rowMode: mode, statement: known.wire, takeRow: this.#takeRow })
    if (known.scan.leaves) session.hasTraces = true
    session.line.send(this)
  }

  readonly #takeRow = (row: unknown, bytes: number): boolean => {
    const { maxRows } = this.#query
    this.#bytes += bytes
    if (maxRows !== undefined && this.#rows.length >= maxRows) {
      return this.#tooLarge(new Failure(tooLargeRecord(maxRows)))
    }
    const { maxResultBytes } = this.#session.options
    if (this.#bytes > maxResultBytes) return this.#tooLarge(new Failure(tooManyBytesRecord(maxResultBytes)))
    this.#rows.push(row)
    return true
  }

  #tooLarge(failure: Failure): false {
    this.#failure ??= failure
    this.#rows = []
    this.#session.stopper.stopSoon(this, () => this.#isDone)
    return false
  }

  #giveUp(): void {
    if (this.#isDone) return
    if (this.#session.turns.leave(this)) return this.#settled(new Failure(abortedRecord))
    this.#wasAborted = true
    this.#patience = setTimeout(() => this.#onOverdue(), PATIENCE)
    if (!this.#reader) return
    // What it changed stands if it comes to its end all the same; what it only read is wanted no more.
    if (this.#known?.scan.shape.readsRows) {
      this.#failure ??= new Failure(abortedRecord)
      this.#reader.passOver()
    }
    this.#session.stopper.stop(this)
  }

  /** Stops it while the server is at it; resolves when it has settled. */
  interrupt(failure: Failure): Promise<void> {
    this.#stopped ??= failure
    // What it only read is wanted no more; not every function that is stopped makes an error of that.
    if (this.#known?.scan.shape.readsRows) {
      this.#failure ??= failure
      this.#reader?.passOver()
    }
    this.#session.stopper.stop(this)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onSettled = resolve
    return promise
  }

  // A server that says nothing may never say anything again. Another call before this one has its own time.
  #onOverdue(): void {
    const { line } = this.#session
    const isPrepared = !this.#reader && line.inFlight === 1
    if (line.head === this || isPrepared) this.#session.endOverdue()
    else this.#settled(this.#fate(new Failure(abortedRecord)))
  }

  #fate(failure: Failure): Failure {
    const { inTransaction } = this.#query
    const readsOnly = this.#known?.scan.shape.readsRows === true
    if (this.#wasAborted) return overdueFailure(new Failure(abortedRecord), !this.#reader || inTransaction || readsOnly)
    return this.#session.isOverdue && readsOnly && !inTransaction ? new Failure(notBegunRecord) : failure
  }

  #refused(error: { errno: number; sqlState: string; message: string }): void {
    const { errno } = error
    const stopped = this.#failure ?? this.#stopped ?? (this.#wasAborted ? new Failure(abortedRecord) : null)
    if (errno === INTERRUPTED && stopped) return this.#afterError(stopped)
    if (errno === INTERRUPTED && this.#session.stopper.isStriking) return this.#afterError(new Failure(notBegunRecord))
    if ((errno === UNKNOWN_STATEMENT || errno === TO_PREPARE_ANEW) && !this.#wasRetried) return this.#again()
    this.#afterError(serverFailure(error))
  }

  // The server has forgotten the statement, or cannot use it since the schema changed: nothing of it was done.
  #again(): void {
    const known = this.#known as Known
    this.#wasRetried = true
    this.#session.statements.forget(known)
    void this.#prepare(known)
  }

  #afterError(failure: Failure): void {
    if (!this.#query.inTransaction) return this.#finish(failure)
    void this.#session.probe().then(() => this.#finish(failure))
  }

  // A statement must leave the session as it found it: inside its transaction, or outside any.
  #left(status: number): Failure | null {
    if (status < 0 || this.#session.inTransaction === this.#query.inTransaction) return null
    if (this.#query.inTransaction) return new Failure(committedRecord)
    this.#session.rollBackSoon()
    return new Failure(byHandRecord)
  }

  #outcome(databaseTime: number, affectedRows: number, insertId: number | bigint): Outcome {
    const { shape } = this.#reader as ResultReader
    const { verb, shape: text } = (this.#known as Known).scan
    const rows = this.#rows
    const description = shape ? shape.description : null
    const inserted = insertId !== 0 && (verb === 'INSERT' || verb === 'REPLACE')
    const outcome = {
      rows,
      description,
      rowCount: description ? rows.length : text.changesRows || verb === 'LOAD' || verb === 'CALL' ? affectedRows : -1,
      lastRowId: inserted ? insertId : null,
      databaseTime,
    }
    if (this.#query.rowMode !== 'columns') return outcome
    return { ...outcome, rows: [], columns: batchOf(description, rows as Tuple[]) }
  }

  #finish(answer: Outcome | Failure): void {
    const { turns } = this.#session
    if (this.#known) this.#session.statements.giveBack(this.#known)
    this.#session.answered++
    this.#settled(answer)
    turns.end()
  }

  #settled(answer: Outcome | Failure): void {
    this.#isDone = true
    clearTimeout(this.#patience)
    if (this.#abort) this.#query.signal?.removeEventListener('abort', this.#abort)
    this.#resolve(answer)
    this.#onSettled?.()
  }
}

const TEXT = 0x03
