import { installed } from './installed.ts'
import { numbered } from './numbered.ts'
import type { Peer, Row, Value } from './peer.ts'

interface Sql {
  unsafe(sql: string, values: Value[], options: { prepare: boolean }): Promise<Row[]>
  end(): Promise<void>
}

const { default: postgres } = await installed<{ default(url: string, options: object): Sql }>('postgres')

/** postgres.js, which sends without waiting for answers. */
export const peer: Peer = {
  async open(url, _settings, connections) {
    const sql = postgres(url, { max: connections })
    const prepare = (text: string) => {
      const written = numbered(text)
      return (values: Value[]) => sql.unsafe(written, values, { prepare: true })
    }
    return {
      one: (text) => {
        const rows = prepare(text)
        return async (...values) => (await rows(values))[0]
      },
      all: (text) => {
        const rows = prepare(text)
        return (...values) => rows(values)
      },
      run: (text) => {
        const rows = prepare(text)
        return async (...values) => await rows(values)
      },
      close: () => sql.end(),
    }
  },
}
