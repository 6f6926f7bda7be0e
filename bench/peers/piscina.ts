import { fileURLToPath } from 'node:url'
import type { DocsMessage } from './docs-pool.ts'
import { installed } from './installed.ts'
import type { Peer, Row, Value } from './peer.ts'

interface Piscina {
  run(task: DocsMessage): Promise<Row[]>
  destroy(): Promise<void>
}

const { Piscina } = await installed<{ Piscina: new (options: object) => Piscina }>('piscina')
const SCRIPT = fileURLToPath(new URL('./piscina-thread.ts', import.meta.url))

/** piscina with its own defaults, and better-sqlite3 with kept statements in its threads. */
export const peer: Peer = {
  async open(file, settings) {
    const pool = new Piscina({ filename: SCRIPT, workerData: { file, settings } })
    const all =
      (sql: string) =>
      (...parameters: Value[]) =>
        pool.run({ sql, parameters })
    return {
      one:
        (sql) =>
        async (...parameters) =>
          (await pool.run({ sql, parameters }))[0],
      all,
      run: all,
      close: () => pool.destroy(),
    }
  },
}
