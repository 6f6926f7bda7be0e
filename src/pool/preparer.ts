import type { DriverInfo, Traits } from '../contract/driver.ts'
import { SqlError } from '../contract/errors.ts'
import { bindValues } from '../contract/parameters.ts'
import { placeholderOf } from '../contract/placeholder.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import type { ResultMode, RowMode, Value } from '../contract/value.ts'
import { refuseWeaker } from './isolation-level.ts'
import { type MaxRowsOption, maxRowsOf } from './max-rows.ts'
import { checkRowMode, NO_OPTIONS } from './options.ts'
import { Group, type ReadSet } from './sets.ts'
import { type Statement, Statements } from './statement.ts'

/** A statement and the values of one execution, checked. */
export interface Prepared {
  readonly statement: Statement
  readonly values: readonly Value[]
  /** The most rows that its result may have, unless it is fetched page by page; undefined for no limit. */
  readonly maxRows: number | undefined
}

/** Reads and checks what callers give, before anything is sent. */
export class Preparer {
  readonly quoteIdentifier: (name: string) => string
  /** Writes the placeholder of the value at a position, counted from 1. */
  readonly placeholder: (position: number) => string
  readonly #statements: Statements
  readonly #traits: Traits
  readonly #rowMode: RowMode
  readonly #maxRows: number | undefined

  constructor(driver: DriverInfo, { rowMode, maxRows }: { readonly rowMode: RowMode; readonly maxRows: number }) {
    this.#statements = new Statements((sql) => driver.shape(sql))
    this.quoteIdentifier = (name) => driver.quoteIdentifier(name)
    this.placeholder = placeholderOf(driver)
    this.#traits = driver.traits
    this.#rowMode = rowMode
    this.#maxRows = maxRowsOf({ maxRows }, undefined)
  }

  /** Checks a statement and its values; the options of the call may say how large its result may be. */
  prepare(sql: string, parameters: unknown, options: MaxRowsOption = NO_OPTIONS): Prepared {
    const maxRows = options === NO_OPTIONS ? this.#maxRows : maxRowsOf(options, this.#maxRows)
    try {
      const statement = this.#statements.get(sql)
      return { statement, values: bindValues(statement, parameters, this.#traits), maxRows }
    } catch (error) {
      throw asOfCaller(error, this.prepare)
    }
  }

  statement(sql: string): Statement {
    try {
      return this.#statements.get(sql)
    } catch (error) {
      throw asOfCaller(error, this.statement)
    }
  }

  /** Refuses an interaction inside a transaction of a weaker isolation level than it asks for. */
  refuseWeaker(has: IsolationLevel | undefined, asked: IsolationLevel | undefined): void {
    refuseWeaker(has ?? this.#traits.isolationLevel ?? 'serializable', asked)
  }

  /** An empty group of sets of values, which `read` reads, to come behind `earlier` sets. */
  group(statement: Statement, read: ReadSet, earlier: number): Group {
    return new Group(statement, this.#traits, read, earlier)
  }

  /** How a call asks for its result. */
  resultMode(asked: unknown): ResultMode {
    return asked === 'columns' ? asked : this.rowMode(asked)
  }

  /** The most rows of a result that is gathered page by page into one. */
  get maxRows(): number | undefined {
    return this.#maxRows
  }

  /** The row mode that a call asks for, or the pool's. */
  rowMode(asked: unknown): RowMode {
    return asked === undefined ? this.#rowMode : checkRowMode(asked)
  }
}

// A stack is ten frames long, and those of the checks would leave no room for who called.
function asOfCaller(error: unknown, check: (...args: never[]) => unknown): unknown {
  if (error instanceof SqlError) Error.captureStackTrace(error, check)
  return error
}
