import type { BlockingConnection, BlockingCursor, BoundValues } from '../contract/blocking.ts'
import type { ErrorRecord } from '../contract/failure.ts'
import type { StatementShape } from '../contract/statement.ts'
import type { Tuning } from '../contract/tuning.ts'
import type { Tuple } from '../contract/value.ts'
import { type Ask, type Decisions, isCancellable, isInTransaction } from './ask.ts'
import { apart, refuseTooMany } from './bounded.ts'
import { control, mayControl } from './control.ts'
import type { HostStatement } from './host-statements.ts'
import { OpenCursors } from './open-cursors.ts'
import type { ControlVerb, Summary } from './protocol.ts'
import { ReadBatch } from './read-batch.ts'
import { byHandRecord, cancelledRecord, droppedRecord, goneRecord, Refusal } from './refusals.ts'
import type { Replies } from './replies.ts'
import type { ThreadClock } from './thread-clock.ts'
import { type Write, WriteGroup, type Written } from './write-group.ts'

/** Rows fetched between two looks whether the call was given up: those of one chunk. */
const PAGE_ROWS = 512

/** What an executor is told beside its connection. */
export interface ExecutorSetting {
  readonly decisions: Decisions
  /** Whether the connection can write at all. */
  readonly writes: boolean
  readonly tuning: Tuning
  readonly clock: ThreadClock
  /** Reads a statement's text. */
  readonly shape: (sql: string) => StatementShape
  /** Names what was thrown. */
  readonly failure: (thrown: unknown) => ErrorRecord
  /** Whether a statement failed only because it ran inside a transaction. */
  readonly refusesTransaction: (thrown: unknown) => boolean
}

/** What rows came from. */
interface Source {
  readonly statement: HostStatement
  readonly cursor: Pick<BlockingCursor, 'description'>
}

/** Runs statements on the blocking connection and answers with their rows. */
export class Executor {
  readonly #connection: BlockingConnection
  readonly #replies: Replies
  readonly #setting: ExecutorSetting
  readonly #clock: ThreadClock
  readonly #decisions: Decisions
  readonly #cursor: BlockingCursor
  readonly #open = new OpenCursors()
  readonly #reads: ReadBatch
  readonly #group: WriteGroup

  constructor(connection: BlockingConnection, replies: Replies, setting: ExecutorSetting) {
    this.#connection = connection
    this.#replies = replies
    this.#setting = setting
    this.#clock = setting.clock
    this.#decisions = setting.decisions
    this.#cursor = connection.cursor()
    this.#reads = new ReadBatch(connection)
    this.#group = new WriteGroup(connection, this.#cursor, {
      decisions: this.#decisions,
      clock: setting.clock,
      failure: setting.failure,
      answer: (write, result) => this.#answer(write, result),
    })
  }

  /** Called before each batch of requests; `many` says that more than a few wait. */
  beginBatch(many: boolean): void {
    const { writes, tuning } = this.#setting
    this.#reads.start(many && !writes && tuning.readBatches)
    this.#connection.beginBatch?.()
  }

  /** Called when a batch has come to its end, and before anything that shares nothing: ends what is shared. */
  endBatch(): void {
    this.#reads.end()
    this.#endGroup()
  }

  /** Runs a statement to its end. */
  query(ask: Ask, statement: HostStatement, values: BoundValues): void {
    if (this.#sharesCommit(ask, statement)) return this.#group.add({ ask, statement, values })
    this.#endGroup()
    this.#reads.next(statement.mayShare && !isInTransaction(ask))
    try {
      this.#query(ask, statement, values)
    } catch (error) {
      if (!this.#reads.isOpen || !this.#setting.refusesTransaction(error)) throw error
      statement.refuseToShare()
      this.#reads.end()
      this.#query(ask, statement, values)
    }
  }

  // Earlier replies do not wait for a COMMIT that is not theirs, and those of a group have one another's company.
  #endGroup(): void {
    if (this.#group.isEmpty) return
    this.#replies.wake()
    this.#group.end()
    this.#replies.wake()
  }

  #sharesCommit(ask: Ask, statement: HostStatement): boolean {
    const { writes, tuning } = this.#setting
    if (!writes || !tuning.groupCommit || isInTransaction(ask)) return false
    return this.#shape(statement).changesRows === true
  }

  #shape(statement: HostStatement): StatementShape {
    statement.shape ??= this.#setting.shape(statement.sql)
    return statement.shape
  }

  #query(ask: Ask, statement: HostStatement, values: BoundValues): void {
    if (ask.maxRows === undefined) return this.#queryOn(this.#cursor, ask, statement, values)
    const cursor = this.#connection.cursor()
    try {
      this.#queryOn(cursor, ask, statement, values)
    } finally {
      // Rows that are left unread would keep the connection at the state of the database that they are of.
      cursor.close()
    }
  }

  #queryOn(cursor: BlockingCursor, ask: Ask, statement: HostStatement, values: BoundValues): void {
    // What may be given up, or have too many rows, is read so that it can be stopped between them.
    const whole = statement.isSmall && ask.maxRows === undefined && !isCancellable(ask)
    let sent = 0
    this.#decisions.start(ask)
    const started = statement.isFast ? this.#clock.last : this.#clock.now()
    const last = this.#guarded(ask, statement, false, () => {
      cursor.execute(statement.sql, values, { whole })
      if (cursor.description === null) return []
      if (whole) return cursor.fetchAll()
      for (;;) {
        const page = cursor.fetchMany(PAGE_ROWS)
        refuseTooMany(ask, sent + page.length)
        if (page.length < PAGE_ROWS) return page
        this.#decisions.refuseIfCancelled(ask, true)
        this.#send(ask, { statement, cursor }, page, { summary: null, more: false })
        sent += page.length
        this.#replies.wakeBetweenPages()
      }
    })
    const summary = this.#summary(cursor, started)
    statement.learn(sent + last.length, summary.databaseTime)
    this.#send(ask, { statement, cursor }, last, { summary, more: false })
  }

  /** Runs a statement once per set of values: all of them or, outside a transaction, none. */
  many(ask: Ask, statement: HostStatement, sets: Iterable<BoundValues>): void {
    this.endBatch()
    const cursor = this.#cursor
    this.#decisions.start(ask)
    const started = this.#clock.now()
    this.#guarded(ask, statement, true, () => cursor.executeMany(statement.sql, sets))
    this.#send(ask, { statement, cursor }, [], { summary: this.#summary(cursor, started), more: false })
  }

  /** Runs a statement and answers with its first page; what is left stays open under the number `id`. */
  open(ask: Ask, id: number, size: number, statement: HostStatement, values: BoundValues): void {
    this.endBatch()
    this.#decisions.start(ask)
    this.#refuse(ask)
    const cursor = this.#connection.cursor()
    const started = this.#clock.now()
    try {
      if (!isInTransaction(ask)) this.#standAlone(statement)
      cursor.execute(statement.sql, values)
      this.#open.add(id, { statement, cursor })
      this.#page(ask, id, size, started)
    } catch (error) {
      this.#open.drop(id)
      throw error
    }
  }

  next(ask: Ask, id: number, size: number): void {
    this.endBatch()
    this.#decisions.start(ask)
    this.#refuse(ask)
    this.#page(ask, id, size, this.#clock.now())
  }

  drop(id: number): void {
    this.#open.drop(id)
  }

  control(slot: number, verb: ControlVerb, name: string): void {
    this.endBatch()
    this.#decisions.start({ slot, flags: 0 })
    this.#decisions.begins()
    const connection = this.#connection
    if (verb === 'recover') return this.#recover()
    // Nothing is begun any more, and nothing stands; a rollback only does what the recovery would.
    if (verb !== 'rollback') this.#decisions.refuseIfCancelled({ slot, flags: 0 })
    if (verb === 'commit' || verb === 'rollback') this.#open.dropAll()
    if (!mayControl(connection, verb)) throw new Refusal(goneRecord)
    if (verb === 'commit') this.#decisions.standOrRefuse()
    control(connection, verb, name)
  }

  #recover(): void {
    this.#open.dropAll()
    this.#connection.rollback()
    this.#decisions.reopen()
  }

  /** Called when a call has been answered. */
  answered(): void {
    this.#decisions.rest()
  }

  #page(ask: Ask, id: number, size: number, started: number): void {
    const open = this.#open.get(id)
    if (!open) throw new Refusal(droppedRecord)
    const { cursor } = open
    const rows = cursor.description === null ? [] : cursor.fetchMany(size)
    const more = rows.length === size
    const summary = this.#summary(cursor, started)
    this.#send(ask, open, rows, { summary, more })
    if (!more) this.#open.drop(id)
  }

  #answer({ ask, statement }: Write, result: Written | ErrorRecord): void {
    if ('rows' in result) {
      const { rows, description, summary } = result
      this.#send(ask, { statement, cursor: { description } }, rows, { summary, more: false })
    } else this.#replies.failure(ask.slot, result)
  }

  #send(ask: Ask, of: Source, rows: readonly Tuple[], end: { summary: Summary | null; more: boolean }): void {
    let from = 0
    do {
      const description = of.statement.tell(of.cursor.description)
      from += this.#replies.rows(ask.slot, rows, from, { description, ...end })
    } while (from < rows.length)
  }

  #summary(cursor: BlockingCursor, started: number): Summary {
    const { rowCount, lastRowId } = cursor
    return { rowCount, lastRowId, databaseTime: this.#clock.now() - started }
  }

  /**
   * Runs `work` so that it keeps the promises of a call: refused if its transaction is gone; without a trace if it was
   * given up; never leaving a transaction open that is not its own. The work of a call that may be given up, and work
   * of several steps, is a transaction, so that all of it can still be undone.
   */
  #guarded<T>(ask: Ask, statement: HostStatement, severalSteps: boolean, work: () => T): T {
    this.#refuse(ask)
    const inTransaction = isInTransaction(ask)
    const bounded = ask.maxRows !== undefined && this.#shape(statement).changesRows === true
    const undoable = severalSteps || bounded || isCancellable(ask)
    if (!inTransaction && undoable && this.#setting.writes) return this.#undoable(ask, work)
    if (!inTransaction) this.#standAlone(statement)
    const result = bounded && inTransaction ? apart(this.#connection, work) : work()
    // Asking the driver costs as much as reading a row does.
    if (!this.#shape(statement).readsRows) this.#checkTransaction(inTransaction || this.#reads.isOpen)
    return result
  }

  #undoable<T>(ask: Ask, work: () => T): T {
    this.#connection.begin('write')
    try {
      const result = work()
      if (!this.#decisions.decide(ask)) throw new Refusal(cancelledRecord)
      if (!this.#connection.inTransaction) throw new Refusal(byHandRecord)
      this.#decisions.standOrRefuse()
      this.#connection.commit()
      return result
    } catch (error) {
      this.#connection.rollback()
      if (!this.#setting.refusesTransaction(error)) throw error
    }
    this.#decisions.standOrRefuse()
    return work()
  }

  // What it changes stands as soon as it is done, and may have been done when it is given up.
  #standAlone(statement: HostStatement): void {
    if (!this.#setting.writes || this.#shape(statement).readsRows) return
    this.#decisions.standOrRefuse()
  }

  #refuse(ask: Ask): void {
    this.#decisions.refuseIfCancelled(ask)
    if (isInTransaction(ask) && !this.#connection.inTransaction) throw new Refusal(goneRecord)
  }

  // A statement must leave the connection as it found it: inside its transaction, or outside any.
  #checkTransaction(expected: boolean): void {
    if (this.#connection.inTransaction === expected) return
    if (!expected) this.#connection.rollback()
    throw new Refusal(byHandRecord)
  }
}
