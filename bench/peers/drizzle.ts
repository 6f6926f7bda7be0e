import type { Item } from '../tables/items.ts'
import { openBetterSqlite3 } from './better-sqlite3-module.ts'
import { chunks } from './chunks.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'

interface Column {
  notNull(): Column
  primaryKey(): Column
}

interface Table {
  readonly items: unique symbol
}

interface Transaction {
  insert(table: Table): { values(items: Item[]): { run(): unknown } }
}

interface Core {
  sqliteTable(name: string, columns: Record<string, Column>): Table
  integer(name: string): Column
  real(name: string): Column
  text(name: string): Column
}

interface Binding {
  drizzle(options: { client: unknown }): { transaction(work: (transaction: Transaction) => void): void }
}

const { sqliteTable, integer, real, text } = await installed<Core>('drizzle-orm/sqlite-core')
const { drizzle } = await installed<Binding>('drizzle-orm/better-sqlite3')

const items = sqliteTable('items', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  city: text('city').notNull(),
  amount: real('amount').notNull(),
  note: text('note'),
})

/** Drizzle on better-sqlite3, many rows per INSERT. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/drizzle-sqlite.ts')).openRecords(file),
  async open(file, settings) {
    const client = openBetterSqlite3(file, settings)
    const database = drizzle({ client })
    return {
      async insertItems(list, times) {
        database.transaction((transaction) => {
          for (const chunk of chunks(list, times)) transaction.insert(items).values(chunk).run()
        })
      },
      close: async () => client.close(),
    }
  },
}
