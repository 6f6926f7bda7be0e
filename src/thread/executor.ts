import type { BlockingConnection, BlockingCursor, BoundValues } from '../contract/blocking.ts'
import type { ErrorRecord } from '../contract/failure.ts'
import type { Tuning } from '../contract/tuning.ts'
import type { Tuple } from '../contract/value.ts'
import type { HostStatement } from './host-statements.ts'
import { callState, cell } from './memory.ts'
import { askFlag, type ControlVerb, type Summary } from './protocol.ts'
import { ReadBatch } from './read-batch.ts'
import type { Replies } from './replies.ts'

/** Rows fetched between two looks whether the call was given up: those of one chunk. */
const PAGE_ROWS = 512

/** Thrown inside the thread to answer a call with this record. */
export class Refusal extends Error {
  readonly record: ErrorRecord

  constructor(record: ErrorRecord) {
    super(record.message)
    this.record = record
  }
}

/** One call as the thread sees it. */
export interface Ask {
  readonly slot: number
  readonly flags: number
}

/** What an executor is told beside its connection. */
export interface ExecutorSetting {
  readonly control: Int32Array
  readonly writes: boolean
  readonly tuning: Tuning
  /** Whether a statement failed only because it ran inside a transaction. */
  readonly refusesTransaction: (thrown: unknown) => boolean
}

interface OpenCursor {
  readonly statement: HostStatement
  readonly cursor: BlockingCursor
}

/** Runs statements on the blocking connection and answers with their rows. */
export class Executor {
  readonly #connection: BlockingConnection
  readonly #replies: Replies
  readonly #control: Int32Array
  /** Whether the connection can write at all. */
  readonly #writes: boolean
  readonly #tuning: Tuning
  readonly #refusesTransaction: (thrown: unknown) => boolean
  readonly #cursor: BlockingCursor
  readonly #open = new Map<number, OpenCursor>()
  readonly #reads: ReadBatch

  constructor(connection: BlockingConnection, replies: Replies, setting: ExecutorSetting) {
    this.#connection = connection
    this.#replies = replies
    this.#control = setting.control
    this.#writes = setting.writes
    this.#tuning = setting.tuning
    this.#refusesTransaction = setting.refusesTransaction
    this.#cursor = connection.cursor()
    this.#reads = new ReadBatch(connection)
  }

  /** Called before each batch of requests; `many` says that more than a few wait. */
  beginBatch(many: boolean): void {
    this.#reads.start(many && !this.#writes && this.#tuning.readBatches)
    this.#connection.beginBatch?.()
  }

  /** Called when no request waits any more. */
  rest(): void {
    this.#reads.end()
  }

  /** Runs a statement to its end. */
  query(ask: Ask, statement: HostStatement, values: BoundValues): void {
    this.#reads.next(statement.mayShare && (ask.flags & askFlag.inTransaction) === 0)
    try {
      this.#query(ask, statement, values)
    } catch (error) {
      if (!this.#reads.isOpen || !this.#refusesTransaction(error)) throw error
      statement.refuseToShare()
      this.#reads.end()
      this.#query(ask, statement, values)
    }
  }

  #query(ask: Ask, statement: HostStatement, values: BoundValues): void {
    const whole = statement.isSmall
    const cursor = this.#cursor
    let sent = 0
    const started = performance.now()
    const last = this.#guarded(ask, false, () => {
      cursor.execute(statement.sql, values, { whole })
      if (cursor.description === null) return []
      if (whole) return cursor.fetchAll()
      for (;;) {
        const page = cursor.fetchMany(PAGE_ROWS)
        if (page.length < PAGE_ROWS) return page
        this.#refuseIfCancelled(ask)
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
    this.#reads.end()
    const cursor = this.#cursor
    const started = performance.now()
    this.#guarded(ask, true, () => cursor.executeMany(statement.sql, sets))
    this.#send(ask, { statement, cursor }, [], { summary: this.#summary(cursor, started), more: false })
  }

  /** Runs a statement and answers with its first page; what is left stays open under the number `id`. */
  open(ask: Ask, id: number, size: number, statement: HostStatement, values: BoundValues): void {
    this.#reads.end()
    this.#refuse(ask)
    const cursor = this.#connection.cursor()
    const started = performance.now()
    try {
      cursor.execute(statement.sql, values)
      this.#open.set(id, { statement, cursor })
      this.#page(ask, id, size, started)
    } catch (error) {
      this.drop(id)
      throw error
    }
  }

  next(ask: Ask, id: number, size: number): void {
    this.#reads.end()
    this.#page(ask, id, size, performance.now())
  }

  drop(id: number): void {
    this.#open.get(id)?.cursor.close()
    this.#open.delete(id)
  }

  control(verb: ControlVerb, name: string): void {
    this.#reads.end()
    const connection = this.#connection
    if (verb === 'commit' || verb === 'rollback') for (const id of [...this.#open.keys()]) this.drop(id)
    if (verb === 'commit' && !connection.inTransaction) throw new Refusal(goneRecord)
    if (verb === 'beginWrite') connection.begin('write')
    else if (verb === 'beginRead') connection.begin('read')
    else if (verb === 'commit') connection.commit()
    else if (verb === 'rollback') connection.rollback()
    else connection[verb](name)
  }

  #page(ask: Ask, id: number, size: number, started: number): void {
    const open = this.#open.get(id)
    if (!open) throw new Refusal(droppedRecord)
    const { cursor } = open
    const rows = cursor.description === null ? [] : cursor.fetchMany(size)
    const more = rows.length === size
    const summary = this.#summary(cursor, started)
    this.#send(ask, open, rows, { summary, more })
    if (!more) this.drop(id)
  }

  #send(ask: Ask, of: OpenCursor, rows: readonly Tuple[], end: { summary: Summary | null; more: boolean }): void {
    let from = 0
    do {
      const description = of.statement.tell(of.cursor.description)
      from += this.#replies.rows(ask.slot, rows, from, { description, ...end })
    } while (from < rows.length)
  }

  #summary(cursor: BlockingCursor, started: number): Summary {
    const { rowCount, lastRowId } = cursor
    return { rowCount, lastRowId, databaseTime: performance.now() - started }
  }

  /**
   * Runs `work` so that it keeps the promises of a call: refused if its transaction is gone; without a trace if it was
   * given up; never leaving a transaction open that is not its own. The work of a call that may be given up, and work
   * of several steps, is a transaction, so that all of it can still be undone.
   */
  #guarded<T>(ask: Ask, severalSteps: boolean, work: () => T): T {
    this.#refuse(ask)
    const inTransaction = (ask.flags & askFlag.inTransaction) !== 0
    const undoable = severalSteps || (ask.flags & askFlag.cancellable) !== 0
    if (!inTransaction && undoable && this.#writes) return this.#undoable(ask, work)
    const result = work()
    this.#checkTransaction(inTransaction || this.#reads.isOpen)
    return result
  }

  #undoable<T>(ask: Ask, work: () => T): T {
    this.#connection.begin('write')
    try {
      const result = work()
      this.#decide(ask)
      if (!this.#connection.inTransaction) throw new Refusal(byHandRecord)
      this.#connection.commit()
      return result
    } catch (error) {
      this.#connection.rollback()
      if (!this.#refusesTransaction(error)) throw error
    }
    return work()
  }

  #refuse(ask: Ask): void {
    this.#refuseIfCancelled(ask)
    if (ask.flags & askFlag.inTransaction && !this.#connection.inTransaction) throw new Refusal(goneRecord)
  }

  #refuseIfCancelled(ask: Ask): void {
    if ((ask.flags & askFlag.cancellable) === 0) return
    if (Atomics.load(this.#control, cell.callStates + ask.slot) === callState.cancelled)
      throw new Refusal(cancelledRecord)
  }

  // From here on the loop can no longer give the call up: its effects will stand.
  #decide(ask: Ask): void {
    if ((ask.flags & askFlag.cancellable) === 0) return
    const at = cell.callStates + ask.slot
    const before = Atomics.compareExchange(this.#control, at, callState.pending, callState.decided)
    if (before === callState.cancelled) throw new Refusal(cancelledRecord)
  }

  // A statement must leave the connection as it found it: inside its transaction, or outside any.
  #checkTransaction(expected: boolean): void {
    if (this.#connection.inTransaction === expected) return
    if (!expected) this.#connection.rollback()
    throw new Refusal(byHandRecord)
  }
}

const cancelledRecord: ErrorRecord = {
  type: 'AbortError',
  message: 'the call was given up',
  code: 'ABORTED',
  kind: 'aborted',
}

const goneRecord: ErrorRecord = {
  type: 'TransactionRolledBackError',
  message:
    'the transaction is gone: an earlier statement ended it (a conflict with OR ROLLBACK, a full disk, or a COMMIT or ' +
    'ROLLBACK by hand), so nothing more runs in it',
  code: 'TRANSACTION_GONE',
  kind: 'rolledBack',
}

const byHandRecord: ErrorRecord = {
  type: 'ProgrammingError',
  message:
    'transactions are not begun or ended by SQL text: use runInteraction, which begins one, commits it when the callback ' +
    'returns and rolls it back when it throws',
  code: 'TRANSACTION_BY_HAND',
  kind: 'usage',
}

const droppedRecord: ErrorRecord = {
  type: 'InterfaceError',
  message: 'the result is no longer open: its transaction has ended',
  code: 'CURSOR_CLOSED',
  kind: 'closed',
}
