import { after, describe } from 'node:test'
import {
  type Connection,
  type Failure,
  Failure as FailureClass,
  type Outcome,
  type Query,
  type Value,
} from '../../../src/contract/index.ts'
import mysql from '../../../src/drivers/mysql/index.ts'
import { atEnd, type Database, type Owner, servers } from '../../databases.ts'

/** A suite for MariaDB and one for MySQL, each with a database of its own. */
export function onMysqlServers(title: string, define: (server: TestServer) => void): void {
  for (const database of servers.filter(({ driver }) => driver === 'mysql')) {
    const skip = database.whyMissing?.() ?? false
    describe(`${database.name}: ${title}`, { skip }, () => {
      if (skip === false) define(new TestServer(database, { after: (work) => after(work) }))
    })
  }
}

/** Connections to one database, which are closed when the suite has ended. */
export class TestServer {
  readonly name: string
  readonly source: Record<string, unknown>
  readonly #owner: Owner

  constructor(database: Database, owner: Owner) {
    this.name = database.name
    this.source = database.connect(owner)
    this.#owner = owner
  }

  async connect(options: Record<string, unknown> = {}): Promise<Connection> {
    const { options: complete } = mysql.plan({ ...this.source, ...options })
    const connection = await mysql.connect(complete, { role: 'any', name: 'test' })
    atEnd(this.#owner, () => connection.close())
    return connection
  }
}

export function statement(sql: string, values: readonly Value[] = [], more: Partial<Query> = {}): Query {
  return { sql, values, names: null, rowMode: 'array', inTransaction: false, ...more }
}

/** The outcome of a statement, which must succeed. */
export async function run(
  connection: Connection,
  sql: string,
  values?: readonly Value[],
  more?: Partial<Query>,
): Promise<Outcome> {
  return succeeded(await connection.query(statement(sql, values, more)))
}

export function succeeded<T>(answer: T | Failure): T {
  if (answer instanceof FailureClass) throw answer.toError()
  return answer
}

/** The failure of a call, which must fail. */
export async function failed(call: Promise<unknown>): Promise<Failure> {
  const answer = await call
  if (answer instanceof FailureClass) return answer
  throw new Error('the call must fail')
}
