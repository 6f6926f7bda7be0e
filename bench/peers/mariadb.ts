import { createPool } from 'mariadb'
import { CONNECTIONS } from '../servers/connections.ts'
import { INSERT } from '../tables/items.ts'
import type { Peer, Row } from './peer.ts'

/** The pool of the connector mariadb. */
export const peer: Peer = {
  async open(url, _settings, connections = CONNECTIONS) {
    const { hostname: host, port, username: user, password, pathname } = new URL(url)
    const pool = createPool({
      ...{ host, port: Number(port), user, password, database: pathname.slice(1) },
      ...{ connectionLimit: connections, bigIntAsNumber: true },
    })
    return {
      one:
        (sql) =>
        async (...values) =>
          (await pool.execute<Row[]>(sql, values))[0],
      all:
        (sql) =>
        async (...values) => [...(await pool.execute<Row[]>(sql, values))],
      run:
        (sql) =>
        (...values) =>
          pool.execute(sql, values),
      async insertTuples(tuples, times) {
        for (let time = 0; time < times; time++) await pool.batch(INSERT, tuples)
      },
      close: () => pool.end(),
    }
  },
}
