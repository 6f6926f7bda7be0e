import type { Item } from '../tables/items.ts'
import { chunks } from './chunks.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'
import { pragmas } from './settings.ts'

interface Model {
  bulkCreate(items: Item[], options: { transaction: unknown }): Promise<unknown>
}

interface Sequelize {
  query(sql: string): Promise<unknown>
  define(name: string, columns: object, options: object): Model
  transaction(work: (transaction: unknown) => Promise<void>): Promise<void>
  close(): Promise<void>
}

interface Module {
  Sequelize: new (options: object) => Sequelize
  DataTypes: Readonly<Record<'INTEGER' | 'REAL' | 'TEXT', unknown>>
}

// Sequelize itself would say much later that its driver cannot be loaded.
await import('./sqlite3.ts')
const { default: module } = await installed<{ default: Module }>('sequelize')
const { INTEGER, REAL, TEXT } = module.DataTypes

/** Sequelize on sqlite3. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/sequelize.ts')).openRecords(file),
  async open(storage, settings) {
    const sequelize = new module.Sequelize({ dialect: 'sqlite', storage, logging: false })
    for (const sql of pragmas(settings)) await sequelize.query(sql)
    const columns = {
      id: { type: INTEGER, primaryKey: true, autoIncrement: true },
      name: TEXT,
      city: TEXT,
      amount: REAL,
      note: TEXT,
    }
    const model = sequelize.define('items', columns, { tableName: 'items', timestamps: false })
    return {
      insertItems: (items, times) =>
        sequelize.transaction(async (transaction) => {
          for (const chunk of chunks(items, times)) await model.bulkCreate(chunk, { transaction })
        }),
      close: () => sequelize.close(),
    }
  },
}
