import { numbered } from './numbered.ts'
import type { Peer, Row, Value } from './peer.ts'
import { openPg } from './pg-module.ts'

/** The pool of pg, with named statements. */
export const peer: Peer = {
  async open(url, _settings, connections) {
    const pool = openPg(url, connections)
    const names = new Map<string, string>()
    const prepare = (sql: string) => {
      const name = names.get(sql) ?? `s${names.size}`
      names.set(sql, name)
      const text = numbered(sql)
      return async (values: Value[]) => (await pool.query<Row>({ name, text, values })).rows
    }
    return {
      one: (sql) => {
        const rows = prepare(sql)
        return async (...values) => (await rows(values))[0]
      },
      all: (sql) => {
        const rows = prepare(sql)
        return (...values) => rows(values)
      },
      run: (sql) => {
        const rows = prepare(sql)
        return (...values) => rows(values)
      },
      close: () => pool.end(),
    }
  },
}
