import { InterfaceError, ProgrammingError } from '../../contract/index.ts'
import { Lru } from './lru.ts'
import type { NativeArguments, NativeChanges, NativeDatabase, NativeStatement } from './native.ts'
import { Prepared } from './prepared.ts'
import { type Scan, scan } from './scan.ts'
import { Schema } from './schema.ts'
import { type Several, severalOf } from './several.ts'

/** A result whose rows are still being fetched. */
export interface OpenRows {
  /** Ends the fetching; whoever fetches on is told that the transaction's end took the rows. */
  lose(): void
}

/** One open database and what lives as long as it: prepared statements, open results, the schema's state. */
export class Session {
  readonly #database: NativeDatabase
  readonly #schema: Schema
  readonly #statements: Lru<Prepared>
  readonly #controls = new Map<string, NativeStatement>()
  /** Open results, and whether each was opened inside a transaction. */
  readonly #open = new Map<OpenRows, boolean>()
  /** A PRAGMA ran, and since then no write that would have ended what PRAGMA defer_foreign_keys begins. */
  #pragmaHolds = false
  #closed = false

  constructor(database: NativeDatabase, statementsKept: number) {
    this.#database = database
    this.#schema = new Schema((sql) => this.#control(sql).all([]))
    this.#statements = new Lru(statementsKept)
  }

  get inTransaction(): boolean {
    return !this.#closed && this.#database.inTransaction
  }

  /** Whether a foreign key may be checked only when the transaction ends. */
  get checksAtCommit(): boolean {
    return this.#pragmaHolds || this.#schema.defersForeignKeys
  }

  get wantsGaps(): boolean {
    return this.#database.wantsGaps
  }

  assertOpen(): void {
    if (this.#closed)
      throw new InterfaceError('The connection is closed.', { code: 'CONNECTION_CLOSED', kind: 'closed' })
  }

  /** Prepares a statement, or finds it prepared, with a description that is true of the present schema. */
  prepare(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known?.changesRows) this.#pragmaHolds = false
    if (!known || known.native.returnsRows) this.#schema.check()
    if (!known) return this.#keep(this.#prepare(sql, scan(sql)))
    if (known.scan.verb === 'PRAGMA') this.#pragmaHolds = true
    if (known.reading) return this.#prepare(sql, known.scan)
    if (known.generation !== this.#schema.generation) known.renew(this.#database.prepare(sql), this.#schema.generation)
    return known
  }

  /** The same for a statement that will run many times, of which {@link several} may be asked. */
  prepareForMany(sql: string): Prepared {
    this.#schema.check()
    return this.prepare(sql)
  }

  /** The statement that does in one run what several runs of this one do, or null; true of the present schema. */
  several(prepared: Prepared): Several | null {
    if (prepared.several === undefined) {
      prepared.several = severalOf(prepared.sql, prepared.scan, (sql) => this.#database.prepare(sql))
    }
    return prepared.several
  }

  /** Runs a statement to its end, also while rows of others are being fetched. */
  run(statement: NativeStatement, values: NativeArguments): NativeChanges {
    if (this.#open.size === 0) return statement.run(values)
    this.#database.allowWritesWhileReading?.(true)
    try {
      return statement.run(values)
    } finally {
      this.#database.allowWritesWhileReading?.(false)
    }
  }

  /** Runs a statement that begins, ends or divides a transaction. */
  control(sql: string): void {
    this.assertOpen()
    try {
      this.run(this.#control(sql), [])
    } catch (error) {
      this.failed()
      throw error
    }
  }

  /** Rolls back by `sql`, after which what was known of the schema holds no longer. */
  rollBack(sql: string): void {
    this.loseTransactionRows()
    this.control(sql)
    this.#schema.rolledBack(this.inTransaction)
  }

  lastInsertRowid(): number | bigint {
    return this.#answer('SELECT last_insert_rowid()') as number | bigint
  }

  /** The one value that a statement without placeholders gives, as a number. */
  answer(sql: string): number {
    return Number(this.#answer(sql))
  }

  /** Called after a statement that neither gave nor changed rows: nearly all of them may have changed the schema. */
  ran(verb: string): void {
    if (verb === 'ROLLBACK') this.#schema.rolledBack(this.inTransaction)
    else if (!TRANSACTION_VERBS.has(verb)) this.#schema.changed(this.inTransaction)
  }

  /** Called after a statement failed: with it a whole transaction may be gone. */
  failed(): void {
    this.#schema.rolledBack(this.inTransaction)
  }

  schemaMayHaveChanged(): void {
    this.#schema.suspect()
  }

  opened(rows: OpenRows): void {
    this.#open.set(rows, this.#database.inTransaction)
  }

  ended(rows: OpenRows): void {
    this.#open.delete(rows)
  }

  /** Ends the results that were opened inside the transaction. SQLite lets those from before it go on. */
  loseTransactionRows(): void {
    for (const [rows, inTransaction] of [...this.#open]) if (inTransaction) rows.lose()
  }

  close(): void {
    if (this.#closed) return
    for (const rows of [...this.#open.keys()]) rows.lose()
    this.#closed = true
    this.#database.close()
  }

  #prepare(sql: string, read: Scan): Prepared {
    refuseCount(read.shape.statementCount)
    if (read.verb === 'PRAGMA') this.#pragmaHolds = true
    return new Prepared(sql, read, this.#database.prepare(sql), this.#schema.generation)
  }

  #keep(prepared: Prepared): Prepared {
    this.#statements.set(prepared.sql, prepared)
    return prepared
  }

  #answer(sql: string): unknown {
    return this.#control(sql).all([])[0]?.[0]
  }

  #control(sql: string): NativeStatement {
    const known = this.#controls.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    // Savepoints bear the names that somebody chose, and are not many alike.
    if (!sql.includes('"')) this.#controls.set(sql, statement)
    return statement
  }
}

const TRANSACTION_VERBS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'END', 'SAVEPOINT', 'RELEASE'])

function refuseCount(statements: number): void {
  if (statements === 1) return
  if (statements === 0) {
    throw new ProgrammingError('The SQL text holds no statement.', { code: 'EMPTY_STATEMENT', kind: 'syntax' })
  }
  throw new ProgrammingError(`The SQL text holds ${statements} statements. Run them one by one.`, {
    code: 'MULTIPLE_STATEMENTS',
    kind: 'syntax',
  })
}
