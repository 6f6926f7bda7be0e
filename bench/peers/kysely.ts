import type { Item } from '../tables/items.ts'
import { openBetterSqlite3 } from './better-sqlite3-module.ts'
import { chunks } from './chunks.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'

interface Queries {
  insertInto(table: string): { values(items: Item[]): { execute(): Promise<unknown> } }
}

interface Kysely extends Queries {
  transaction(): { execute(work: (transaction: Queries) => Promise<void>): Promise<void> }
  destroy(): Promise<void>
}

interface Module {
  Kysely: new (options: { dialect: unknown }) => Kysely
  SqliteDialect: new (options: { database: unknown }) => unknown
}

const { Kysely, SqliteDialect } = await installed<Module>('kysely')

/** Kysely on better-sqlite3, many rows per INSERT. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/kysely-sqlite.ts')).openRecords(file),
  async open(file, settings) {
    const database = new Kysely({ dialect: new SqliteDialect({ database: openBetterSqlite3(file, settings) }) })
    return {
      insertItems: (items, times) =>
        database.transaction().execute(async (transaction) => {
          for (const chunk of chunks(items, times)) await transaction.insertInto('items').values(chunk).execute()
        }),
      close: () => database.destroy(),
    }
  },
}
