import type { DriverInfo, Traits } from '../contract/driver.ts'
import type { RowMode, Value } from '../contract/value.ts'
import { checkRowMode } from './options.ts'
import { bindValues } from './parameters.ts'
import { type Statement, Statements } from './statement.ts'

/** A statement and the values of one execution, checked. */
export interface Prepared {
  readonly statement: Statement
  readonly values: readonly Value[]
}

/** Reads and checks what callers give, before anything is sent. */
export class Preparer {
  readonly quoteIdentifier: (name: string) => string
  readonly #statements: Statements
  readonly #traits: Traits
  readonly #rowMode: RowMode

  constructor(driver: DriverInfo, rowMode: RowMode) {
    this.#statements = new Statements((sql) => driver.shape(sql))
    this.quoteIdentifier = (name) => driver.quoteIdentifier(name)
    this.#traits = driver.traits
    this.#rowMode = rowMode
  }

  prepare(sql: string, parameters: unknown): Prepared {
    const statement = this.#statements.get(sql)
    return { statement, values: bindValues(statement, parameters, this.#traits) }
  }

  statement(sql: string): Statement {
    return this.#statements.get(sql)
  }

  bind(statement: Statement, parameters: unknown): readonly Value[] {
    return bindValues(statement, parameters, this.#traits)
  }

  /** The row mode that a call asks for, or the pool's. */
  rowMode(asked: unknown): RowMode {
    return asked === undefined ? this.#rowMode : checkRowMode(asked)
  }
}
