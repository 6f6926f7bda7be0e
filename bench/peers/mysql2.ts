import { CONNECTIONS } from '../servers/connections.ts'
import { INSERT } from '../tables/items.ts'
import { installed } from './installed.ts'
import type { Peer, Row, Value } from './peer.ts'

interface Pool {
  execute(sql: string, values: Value[]): Promise<[Row[], unknown]>
  query(sql: string, values: readonly unknown[]): Promise<unknown>
  end(): Promise<void>
}

const { createPool } = await installed<{ createPool(options: object): Pool }>('mysql2/promise')

const MANY = INSERT.replace(/\(\?.*$/, '?')

/** The pool of mysql2 with promises. */
export const peer: Peer = {
  async open(uri, _settings, connections = CONNECTIONS) {
    const pool = createPool({ uri: uri.replace(/^mariadb:/, 'mysql:'), connectionLimit: connections })
    return {
      one:
        (sql) =>
        async (...values) =>
          (await pool.execute(sql, values))[0][0],
      all:
        (sql) =>
        async (...values) =>
          (await pool.execute(sql, values))[0],
      run:
        (sql) =>
        (...values) =>
          pool.execute(sql, values),
      async insertTuples(tuples, times) {
        for (let time = 0; time < times; time++) await pool.query(MANY, [tuples])
      },
      close: () => pool.end(),
    }
  },
}
