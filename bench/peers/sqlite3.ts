import { promisify } from 'node:util'
import { installed } from './installed.ts'
import type { Peer, Row, Value } from './peer.ts'
import { pragmas } from './settings.ts'

type Callback<T> = (error: Error | null, value: T) => void
type Method<T> = (...valuesAndCallback: [...Value[], Callback<T>]) => void

interface Statement {
  all: Method<Row[]>
  run: Method<undefined>
  finalize(callback: () => void): void
}

interface Database {
  prepare(sql: string): Statement
  exec(sql: string, callback: Callback<undefined>): void
  close(callback: Callback<undefined>): void
}

type Module = { default: { Database: new (file: string, callback: Callback<undefined>) => Database } }

const { default: sqlite3 } = await installed<Module>('sqlite3').catch((cause) => {
  throw new Error(
    'no binary comes with it; where headers of Node are, npm run build-sqlite3 --prefix bench makes one',
    {
      cause,
    },
  )
})

/** sqlite3, which is archived: each call is a job of libuv's thread pool. */
export const peer: Peer = {
  async open(file, settings) {
    const opened = Promise.withResolvers<void>()
    const database = new sqlite3.Database(file, (error) => (error ? opened.reject(error) : opened.resolve()))
    await opened.promise
    const exec = promisify(database.exec.bind(database)) as (sql: string) => Promise<void>
    for (const sql of pragmas(settings)) await exec(sql)
    const statements: Statement[] = []
    const prepared = <K extends 'all' | 'run'>(method: K) => {
      return (sql: string) => {
        const statement = database.prepare(sql)
        statements.push(statement)
        return promised(statement, statement[method] as Method<never>)
      }
    }
    return {
      // Its get leaves a statement at its first row; a pragma that is left so keeps later writes from being committed.
      one: (sql) => {
        const all = prepared('all')(sql)
        return async (...values) => (await all(...values))[0]
      },
      all: prepared('all'),
      run: prepared('run'),
      async close() {
        await Promise.all(statements.map((statement) => new Promise<void>((resolve) => statement.finalize(resolve))))
        await promisify(database.close.bind(database))()
      },
    }
  },
}

function promised<T>(statement: Statement, method: Method<T>): (...values: Value[]) => Promise<T> {
  return (...values) =>
    new Promise((resolve, reject) => {
      method.call(statement, ...values, (error: Error | null, value: T) => (error ? reject(error) : resolve(value)))
    })
}
