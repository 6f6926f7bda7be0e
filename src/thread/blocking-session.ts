import { SecondChance } from '../base/second-chance.ts'
import type { BlockingConnection, BlockingCursor, BoundValues } from '../contract/blocking.ts'
import type { BlockingDriver } from '../contract/driver.ts'
import { TransactionEndedError } from '../contract/errors.ts'
import { type ErrorRecord, errorFromRecord } from '../contract/failure.ts'
import { bindValues } from '../contract/parameters.ts'
import { type ShapedText, shapeOf } from '../contract/statement-text.ts'
import { HostStatement } from './host-statements.ts'
import { byHandRecord, cancelledRecord, goneRecord } from './refusals.ts'

/** How many texts a thread remembers for the functions that run in it. */
const TEXTS_KEPT = 256

/** A statement's text, read once. */
export interface ReadText extends ShapedText {
  readonly statement: HostStatement
}

/** The texts of the statements that functions have run lately. */
export class Texts {
  readonly #driver: Pick<BlockingDriver, 'shape'>
  readonly #known = new SecondChance<ReadText>(TEXTS_KEPT)

  constructor(driver: Pick<BlockingDriver, 'shape'>) {
    this.#driver = driver
  }

  /** The text, read; refuses what is not exactly one statement. */
  get(sql: string): ReadText {
    const known = this.#known.get(sql)
    if (known) return known
    const shape = shapeOf(sql, (text) => this.#driver.shape(text))
    const read = { sql, shape, statement: new HostStatement(sql, shape.parameterNames) }
    this.#known.add(sql, read)
    return read
  }
}

/** What a session is told beside its connection. */
export interface BlockingSessionSetting {
  readonly driver: Pick<BlockingDriver, 'traits'>
  readonly texts: Texts
  /** Names what was thrown. */
  readonly failure: (thrown: unknown) => ErrorRecord
  /** Whether the caller has given the function up. */
  readonly isCancelled: () => boolean
}

/** The use of the connection by one function: nothing is done on it after the end, and every error is one of the tree. */
export class BlockingSession {
  readonly #connection: BlockingConnection
  readonly #setting: BlockingSessionSetting
  readonly #cursors = new Set<BlockingCursor>()
  #ended = false

  constructor(connection: BlockingConnection, setting: BlockingSessionSetting) {
    this.#connection = connection
    this.#setting = setting
  }

  get dialect(): string | undefined {
    return this.#setting.driver.traits.dialect
  }

  get maxParameters(): number {
    return this.#setting.driver.traits.maxParameters
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  /** Refuses everything from now on. What can still be fetched is dropped. */
  end(): void {
    this.#ended = true
    const cursors = [...this.#cursors]
    this.#cursors.clear()
    for (const cursor of cursors) cursor.close()
  }

  /** Throws if the session has ended, or if what it is part of was given up. */
  check(): void {
    if (this.#ended) {
      throw new TransactionEndedError(
        'the transaction has ended, so nothing more can be done with it: it ends when the function that was given it returns',
        { code: 'TRANSACTION_ENDED', kind: 'transactionEnded' },
      )
    }
    if (this.#setting.isCancelled()) throw errorFromRecord(cancelledRecord)
  }

  cursor(): BlockingCursor {
    this.check()
    const cursor = this.#connection.cursor()
    this.#cursors.add(cursor)
    return cursor
  }

  drop(cursor: BlockingCursor): void {
    this.#cursors.delete(cursor)
    cursor.close()
  }

  text(sql: string): ReadText {
    return this.#setting.texts.get(sql)
  }

  /** The values of one execution, checked, as a driver takes them. */
  bind(text: ReadText, parameters: unknown): BoundValues {
    return text.statement.bind(bindValues(text, parameters, this.#setting.driver.traits))
  }

  /** Runs a statement, and makes sure that it found the transaction open and left it so. */
  run(text: ReadText, work: () => void): void {
    this.check()
    if (!this.inTransaction) throw errorFromRecord(goneRecord, text.sql)
    this.native(work, text.sql)
    if (!text.shape.readsRows && !this.inTransaction) throw errorFromRecord(byHandRecord, text.sql)
  }

  /** Calls the driver; what it throws becomes an error of the tree. */
  native<T>(work: () => T, sql?: string): T {
    try {
      return work()
    } catch (thrown) {
      const error = errorFromRecord(this.#setting.failure(thrown), sql)
      Error.captureStackTrace(error, this.native)
      throw error
    }
  }

  /** Runs `work` so that only what it did is undone if it throws. */
  savepoint<T>(name: string, work: () => T): T {
    this.check()
    const connection = this.#connection
    this.native(() => connection.savepoint(name))
    try {
      const result = work()
      this.check()
      this.native(() => connection.releaseSavepoint(name))
      return result
    } catch (error) {
      // With the whole transaction the savepoint is gone as well.
      if (!this.#ended && connection.inTransaction) this.#undo(name)
      throw error
    }
  }

  #undo(name: string): void {
    this.native(() => this.#connection.rollbackToSavepoint(name))
    this.native(() => this.#connection.releaseSavepoint(name))
  }
}
