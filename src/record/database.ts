import type { Value } from '../contract/value.ts'
import type { OperationResult } from '../pool/calls.ts'
import type { ConnectionPool } from '../pool/pool.ts'
import { type AnyKysely, type Dialect, isDialect, writerFor } from '../sql/index.ts'
import { modelError } from './errors.ts'
import { type Shape, type Statement, Statements, type Write } from './statement.ts'

const TUPLES = { rowMode: 'array' } as const

/** A database as records see it: where statements go, and how they are written. */
export class Database {
  readonly pool: ConnectionPool
  readonly dialect: Dialect
  /** Writes SQL. */
  readonly writer: AnyKysely
  readonly #statements: Statements

  constructor(pool: ConnectionPool) {
    this.pool = pool
    this.dialect = dialectOf(pool)
    this.writer = writerFor(this.dialect)
    this.#statements = new Statements(this.writer)
  }

  /** The most values one statement takes. */
  get maxParameters(): number {
    return this.pool.maxParameters
  }

  /** The statement of this shape. */
  statement(shape: Shape, write: Write): Statement {
    return this.#statements.of(shape, write)
  }

  /** The rows of a statement, by position. Joins the transaction that the running code is in. */
  query({ sql, bind }: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    return this.pool.runQuery<unknown[]>(sql, bind(values) as Value[], TUPLES)
  }

  /** What a statement changed. Joins the transaction that the running code is in. */
  change({ sql, bind }: Statement, values: readonly unknown[]): Promise<OperationResult> {
    return this.pool.runOperation(sql, bind(values) as Value[])
  }

  /** Runs `work` in a transaction, or in a part of the one that the running code is in. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.pool.runInteraction(work)
  }
}

function dialectOf(pool: ConnectionPool): Dialect {
  const { dialect } = pool
  if (isDialect(dialect)) return dialect
  const message = `the driver must say how SQL is written for it: sqlite, postgres or mysql, not ${dialect}`
  throw modelError('NO_DATABASE', message)
}
