import { installed } from './installed.ts'
import type { Peer, Row, Value } from './peer.ts'
import { pragmas } from './settings.ts'

interface Client {
  execute(statement: { sql: string; args: Value[] }): Promise<{ rows: Row[] }>
  close(): void
}

const { createClient } = await installed<{ createClient(options: { url: string }): Client }>('@libsql/client')

/** @libsql/client on a local file. */
export const peer: Peer = {
  async open(file, settings) {
    const client = createClient({ url: `file:${file}` })
    for (const sql of pragmas(settings)) await client.execute({ sql, args: [] })
    return {
      one:
        (sql) =>
        async (...args) =>
          (await client.execute({ sql, args })).rows[0],
      all:
        (sql) =>
        async (...args) =>
          (await client.execute({ sql, args })).rows,
      run:
        (sql) =>
        (...args) =>
          client.execute({ sql, args }),
      close: async () => client.close(),
    }
  },
}
