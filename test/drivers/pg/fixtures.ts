import { after, before } from 'node:test'
import { closeSite, type Server, type ServerOptions, startServer } from '../../../scripts/servers/index.ts'
import type { ConnectContext, Connection, Failure, Outcome, Query, Value } from '../../../src/contract/index.ts'
import { Failure as FailureClass } from '../../../src/contract/index.ts'
import pg from '../../../src/drivers/pg/index.ts'
import type { PgOptionsInput } from '../../../src/drivers/pg/options.ts'

/** A server of this file's own, started before its tests. */
export interface Site {
  readonly server: Server
  options(more?: PgOptionsInput): PgOptionsInput & Record<string, unknown>
  /** Opens a connection; it is closed when all tests are over. */
  connect(more?: PgOptionsInput, context?: Partial<ConnectContext>): Promise<Connection>
}

/** Starts a server before the tests of a file, and removes it behind them; `prepare` has it before anybody else. */
export function site(options: ServerOptions = {}, prepare?: (server: Server) => Promise<void>): Site {
  let server: Server | null = null
  const opened: Connection[] = []
  before(async () => {
    server = await startServer('postgres', options)
    await prepare?.(server)
  })
  after(async () => {
    await Promise.all(opened.map((connection) => connection.close()))
    await server?.remove()
    await closeSite()
  })
  const running = (): Server => {
    if (!server) throw new Error('the server was not started')
    return server
  }
  const place: Site = {
    get server() {
      return running()
    },
    options: (more = {}) => ({
      host: '127.0.0.1',
      port: running().port,
      user: 'offloop',
      database: 'postgres',
      ...more,
    }),
    async connect(more, context = {}) {
      const plan = pg.plan(place.options(more))
      const connection = await pg.connect(plan.options, { role: 'any', name: 'test', ...context })
      opened.push(connection)
      return connection
    },
  }
  return place
}

/** A statement as a pool would send it. */
export function statement(sql: string, values: readonly Value[] = [], more: Partial<Query> = {}): Query {
  return { sql, values, names: null, rowMode: 'array', inTransaction: false, ...more }
}

/** Runs a statement, which must succeed, and gives its rows. */
export async function run(
  connection: Connection,
  sql: string,
  values: readonly Value[] = [],
  more: Partial<Query> = {},
): Promise<unknown[]> {
  return succeeded(await connection.query(statement(sql, values, more))).rows
}

/** The outcome, which must be no failure. */
export function succeeded<T>(outcome: T | Failure): Exclude<T, Failure> {
  if (outcome instanceof FailureClass) throw outcome.toError()
  return outcome as Exclude<T, Failure>
}

/** The failure, which it must be. */
export function failed(outcome: Outcome | unknown): Failure {
  if (outcome instanceof FailureClass) return outcome
  throw new Error('it succeeded, and was to fail')
}
