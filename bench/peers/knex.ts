import type { Item } from '../tables/items.ts'
import type { Database } from './better-sqlite3-module.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'
import { pragmas } from './settings.ts'

interface Transaction {
  batchInsert(table: string, items: readonly Item[], rows: number): Promise<unknown>
}

interface Knex {
  transaction(work: (transaction: Transaction) => Promise<void>): Promise<void>
  destroy(): Promise<void>
}

const { default: knex } = await installed<{ default(options: object): Knex }>('knex')

// It writes a SELECT with UNION ALL for each row, of which SQLite takes no more in one statement.
const ROWS = 500

/** Knex, and so Objection, on better-sqlite3. */
export const peer: Peer = {
  async open(filename, settings) {
    const afterCreate = (database: Database, done: (error: null, database: Database) => void) => {
      for (const sql of pragmas(settings)) database.exec(sql)
      done(null, database)
    }
    const options = {
      client: 'better-sqlite3',
      connection: { filename },
      useNullAsDefault: true,
      pool: { afterCreate },
    }
    const database = knex(options)
    return {
      insertItems: (items, times) =>
        database.transaction(async (transaction) => {
          for (let time = 0; time < times; time++) await transaction.batchInsert('items', items, ROWS)
        }),
      close: () => database.destroy(),
    }
  },
}
