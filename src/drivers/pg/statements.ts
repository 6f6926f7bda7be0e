import type { RowMode } from '../../contract/index.ts'
import type { Result } from './fields.ts'
import { type ReadRow, rowReader } from './rows.ts'
import { type Scan, scan } from './scan.ts'
import { type Several, severalOf } from './several.ts'

/** One text on one connection, and what is known of it there. */
export class Statement {
  readonly sql: string
  readonly scan: Scan
  /** The name under which the server has it; empty where it is prepared for each run. */
  readonly name: string
  /** It was sent to be prepared, and nothing says that this failed. */
  prepared = false
  /** What its rows are like: null while that is not known, and for what gives none. */
  #result: Result | null = null
  #described = false
  readonly #readers = new Map<string, ReadRow>()
  #several: Several | null | undefined = undefined
  /** Asked for since its turn to be forgotten last came. */
  used = false
  /** Whoever wants it again has to ask for it anew. */
  isForgotten = false

  constructor(sql: string, name: string) {
    this.sql = sql
    this.scan = scan(sql)
    this.name = name
  }

  get result(): Result | null {
    return this.#result
  }

  set result(result: Result | null) {
    this.#result = result
    this.#described = true
    this.#readers.clear()
  }

  /** It is known whether it gives rows. */
  get isDescribed(): boolean {
    return this.#described
  }

  /** It for several rows; null where it cannot be had. */
  get several(): Several | null {
    if (this.#several === undefined) this.#several = severalOf(this.sql, this.scan.shape.parameterCount)
    return this.#several
  }

  /** It fails for several rows and not for one. */
  forgoSeveral(): void {
    this.#several = null
  }

  /** Reads its rows; `typed` tells whether they were asked for in the formats that their types are best read in. */
  reader(mode: RowMode, typed: boolean): ReadRow {
    const key = typed ? mode : `${mode}, text`
    let reader = this.#readers.get(key)
    if (!reader) {
      reader = rowReader(this.#result as Result, mode, typed)
      this.#readers.set(key, reader)
    }
    return reader
  }
}

/** Calls of one transaction that run one statement, with no other call between them. */
export interface Bulk {
  readonly sql: string
  /** Several rows at once end as one by one. */
  isFit: boolean
}

/** What is known of a text that is prepared anew for each run is kept for so many of them. */
const UNNAMED_KEPT = 256

/** The statements of one connection. Those that leave are to be closed on the server. */
export class Statements {
  readonly #capacity: number
  readonly #named: boolean
  readonly #known = new Map<string, Statement>()
  #count = 0
  /** Names that the server is to forget with the next statement. */
  leaving: string[] = []
  /** What the call that was sent last is a part of. */
  bulk: Bulk | null = null

  /** @param capacity the most that are kept; `named` tells whether the server is to keep them as well */
  constructor(capacity: number, named: boolean) {
    this.#named = named && capacity > 0
    this.#capacity = this.#named ? capacity : UNNAMED_KEPT
  }

  get size(): number {
    return this.#known.size
  }

  get(sql: string): Statement {
    const known = this.#known.get(sql)
    if (!known) return this.#add(sql)
    known.used = true
    return known
  }

  /** Forgets a statement that the server does not run any more; the next run prepares it anew. */
  drop(statement: Statement): void {
    if (this.#known.get(statement.sql) !== statement) return
    this.#known.delete(statement.sql)
    this.#leave(statement)
  }

  /** The server has forgotten them all. */
  clear(): void {
    for (const statement of this.#known.values()) statement.isForgotten = true
    this.#known.clear()
    this.leaving = []
  }

  #add(sql: string): Statement {
    const statement = new Statement(sql, this.#named ? `offloop_${++this.#count}` : '')
    while (this.#known.size >= this.#capacity) this.#forgetOne()
    this.#known.set(sql, statement)
    return statement
  }

  // Whatever was used since is only moved to the end of the row, so that finding one costs no more than a map does.
  #forgetOne(): void {
    for (const [sql, statement] of this.#known) {
      this.#known.delete(sql)
      if (!statement.used) return this.#leave(statement)
      statement.used = false
      this.#known.set(sql, statement)
    }
  }

  #leave(statement: Statement): void {
    statement.isForgotten = true
    if (statement.prepared && statement.name !== '') this.leaving.push(statement.name)
  }
}
