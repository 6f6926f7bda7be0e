import type { BlockingConnection, TransactionMode } from '../../contract/index.ts'
import { SqliteCursor } from './cursor.ts'
import { quoteIdentifier } from './identifier.ts'
import type { NativeDatabase } from './native.ts'
import { Session } from './session.ts'

/** A blocking connection over either driver. */
export class SqliteConnection implements BlockingConnection {
  readonly #session: Session

  constructor(database: NativeDatabase, statementsKept: number) {
    this.#session = new Session(database, statementsKept)
  }

  get inTransaction(): boolean {
    return this.#session.inTransaction
  }

  get checksAtCommit(): boolean {
    return this.#session.checksAtCommit
  }

  cursor(): SqliteCursor {
    this.#session.assertOpen()
    return new SqliteCursor(this.#session)
  }

  begin(mode: TransactionMode): void {
    this.#session.control(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
  }

  commit(): void {
    this.#session.assertOpen()
    if (!this.inTransaction) return
    this.#session.loseTransactionRows()
    this.#session.control('COMMIT')
  }

  rollback(): void {
    this.#session.assertOpen()
    if (this.inTransaction) this.#session.rollBack('ROLLBACK')
  }

  savepoint(name: string): void {
    this.#session.control(`SAVEPOINT ${quoteIdentifier(name)}`)
  }

  releaseSavepoint(name: string): void {
    this.#session.control(`RELEASE ${quoteIdentifier(name)}`)
  }

  rollbackToSavepoint(name: string): void {
    this.#session.rollBack(`ROLLBACK TO ${quoteIdentifier(name)}`)
  }

  beginBatch(): void {
    this.#session.schemaMayHaveChanged()
  }

  close(): void {
    this.#session.close()
  }
}
