import type { Tuple, Value } from '../../contract/index.ts'
import { quoteIdentifier } from '../shared/identifier.ts'

const SAYS_DEFERRED = "instr(lower(sql), 'deferred') > 0"

/**
 * Knows whether prepared statements still fit the schema. Other connections change it unseen, so it asks for its
 * version, but at most once until {@link suspect} says that time has passed.
 */
export class Schema {
  /** A number that is another after every change. */
  generation = 0
  readonly #read: (sql: string) => Tuple[]
  #version: Value | undefined = undefined
  #suspect = true
  #changedInTransaction = false
  #defers = false
  /** The generation of which {@link #defers} tells. */
  #defersAsOf = -1

  constructor(read: (sql: string) => Tuple[]) {
    this.#read = read
  }

  suspect(): void {
    this.#suspect = true
  }

  /** Asks for the version if there is reason to. */
  check(): void {
    if (!this.#suspect) return
    const version = this.#read('PRAGMA schema_version')[0]?.[0]
    this.#suspect = false
    if (version === this.#version) return
    this.#version = version
    // SQLite notices the change only when it runs a statement; what is prepared before that has the old columns.
    this.#read('SELECT 1 FROM sqlite_schema LIMIT 1')
    this.generation++
  }

  /** Whether some foreign key is checked only at COMMIT. It is taken for so when the schema's text merely says the word. */
  get defersForeignKeys(): boolean {
    this.check()
    if (this.#defersAsOf !== this.generation) {
      this.#defers = this.#saysDeferred()
      this.#defersAsOf = this.generation
    }
    return this.#defers
  }

  /** A statement of this connection may have changed the schema, of the temporary database too. */
  changed(inTransaction: boolean): void {
    this.#forget()
    this.#changedInTransaction = inTransaction
  }

  /** Something was, or may have been, rolled back. */
  rolledBack(inTransaction: boolean): void {
    this.#suspect = true
    if (!this.#changedInTransaction) return
    this.#forget()
    this.#changedInTransaction = inTransaction
  }

  #saysDeferred(): boolean {
    const databases = this.#read('PRAGMA database_list').map((row) => quoteIdentifier(String(row[1])))
    return databases.some((database) => {
      return this.#read(`SELECT 1 FROM ${database}.sqlite_schema WHERE ${SAYS_DEFERRED} LIMIT 1`).length > 0
    })
  }

  #forget(): void {
    this.#suspect = true
    this.#version = undefined
    this.generation++
  }
}
