import type { BlockingConnection, TransactionMode } from '../../contract/index.ts'
import { quoteIdentifier } from '../shared/identifier.ts'
import { SqliteCursor } from './cursor.ts'
import type { NativeDatabase } from './native.ts'
import { Session } from './session.ts'

/** A blocking connection over either driver. */
export class SqliteConnection implements BlockingConnection {
  readonly #session: Session
  readonly #writes: boolean
  /** Writing is forbidden until the transaction ends. */
  #guarded = false

  /** @param writes the connection was opened so that it can write */
  constructor(database: NativeDatabase, statementsKept: number, writes: boolean) {
    this.#session = new Session(database, statementsKept)
    this.#writes = writes
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
    if (mode === 'read' && this.#writes) this.#guard()
  }

  commit(): void {
    this.#session.assertOpen()
    if (this.inTransaction) {
      this.#session.loseTransactionRows()
      this.#session.control('COMMIT')
    }
    this.#unguard()
  }

  rollback(): void {
    this.#session.assertOpen()
    if (this.inTransaction) this.#session.rollBack('ROLLBACK')
    this.#unguard()
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

  // What somebody else has set stays as it is.
  #guard(): void {
    if (this.#session.answer('PRAGMA query_only') !== 0) return
    this.#session.control('PRAGMA query_only = 1')
    this.#guarded = true
  }

  #unguard(): void {
    if (!this.#guarded) return
    this.#guarded = false
    this.#session.control('PRAGMA query_only = 0')
  }
}
