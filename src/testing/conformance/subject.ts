import type { Connection, Outcome, Query } from '../../contract/connection.ts'
import type { ConnectContext, ConnectPlan, Driver } from '../../contract/driver.ts'
import type { Failure } from '../../contract/failure.ts'
import type { Role } from '../../contract/statement.ts'
import type { Tuple, Value } from '../../contract/value.ts'
import { success } from './expect.ts'
import { type ConformanceSetting, type ConformanceSource, type ConformanceSql, completeSql, TABLE } from './setting.ts'
import { type PendingCalls, watched } from './watched.ts'

/** The columns of the table, in its order, without `amount`. */
const COLUMNS = ['id', 'whole', 'fraction', 'words', 'bytes'] as const

/** A driver under test, in one case: its connections are closed when the case is over. */
export class Subject {
  readonly driver: Driver
  readonly sql: ConformanceSql
  readonly pending: PendingCalls = new Set()
  readonly #setting: ConformanceSetting
  readonly #opened: Connection[] = []
  #source: ConformanceSource | null = null

  constructor(setting: ConformanceSetting) {
    this.#setting = setting
    this.driver = setting.driver
    this.sql = completeSql(setting.sql)
  }

  /** What `plan` is given, the same all through the case. */
  async source(): Promise<ConformanceSource> {
    this.#source ??= await this.#setting.source()
    return this.#source
  }

  async plan(): Promise<ConnectPlan> {
    return this.driver.plan(await this.source())
  }

  /** The plan of a database that cannot be opened. */
  async unreachablePlan(): Promise<ConnectPlan> {
    const { unreachable } = this.#setting
    if (!unreachable) throw new Error('the setting has no unreachable database')
    return this.driver.plan(await unreachable())
  }

  /** A connection of this role, or else of the one with which a pool would open the connection that writes. */
  async connect(role?: Role, context: Partial<ConnectContext> = {}): Promise<Connection> {
    const plan = await this.plan()
    const writing: Role = plan.layout === 'writer-readers' ? 'writer' : 'any'
    const connection = await this.driver.connect(plan.options, {
      role: role ?? writing,
      name: 'conformance',
      ...context,
    })
    this.#opened.push(connection)
    return watched(connection, this.pending)
  }

  /** A connection to a database with the table, which is empty. */
  async table(): Promise<Connection> {
    const connection = await this.connect()
    await this.run(connection, `DROP TABLE IF EXISTS ${TABLE}`)
    await this.run(connection, this.sql.createTable)
    return connection
  }

  /** One statement as a pool would send it, asking for tuples. */
  statement(sql: string, values: readonly Value[] = [], more: Partial<Query> = {}): Query {
    const { parameterNames: names } = this.driver.shape(sql)
    return { sql, values, names, rowMode: 'array', inTransaction: false, ...more }
  }

  /** Sends a statement and gives whatever comes. */
  query(
    connection: Connection,
    sql: string,
    values?: readonly Value[],
    more?: Partial<Query>,
  ): Promise<Outcome | Failure> {
    return connection.query(this.statement(sql, values, more))
  }

  /** Sends a statement, which must succeed. */
  run(connection: Connection, sql: string, values?: readonly Value[], more?: Partial<Query>): Promise<Outcome> {
    return success(this.query(connection, sql, values, more), `the statement ${sql}`)
  }

  /** Inserts a row with these values in the order id, whole, fraction, words, bytes. */
  insert(connection: Connection, values: readonly Value[], more?: Partial<Query>): Promise<Outcome | Failure> {
    return this.query(connection, this.insertion(values.length), values, more)
  }

  /** The statement that inserts values into the first so many columns. */
  insertion(count: number): string {
    const placeholders = Array.from({ length: count }, (_, i) => this.sql.placeholder(i + 1))
    return `INSERT INTO ${TABLE} (${COLUMNS.slice(0, count).join(', ')}) VALUES (${placeholders.join(', ')})`
  }

  /** The ids that the table holds, as the connection sees it. */
  async ids(connection: Connection, more?: Partial<Query>): Promise<Value[]> {
    const { rows } = await this.run(connection, `SELECT id FROM ${TABLE} ORDER BY id`, [], more)
    return (rows as Tuple[]).map((row) => row[0] as Value)
  }

  /** Closes whatever is open. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#opened.map((connection) => connection.close()))
  }
}
