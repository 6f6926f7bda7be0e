import type { Item } from '../tables/items.ts'
import { chunks } from './chunks.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'
import { pragmas } from './settings.ts'

interface EntityManager {
  getConnection(): { execute(sql: string): Promise<unknown> }
  fork(): EntityManager
  transactional(work: (manager: EntityManager) => Promise<void>): Promise<void>
  insertMany(entity: unknown, items: Item[]): Promise<unknown>
}

interface Module {
  MikroORM: { init(options: object): Promise<{ em: EntityManager; close(): Promise<void> }> }
  EntitySchema: new (options: object) => unknown
}

const { MikroORM, EntitySchema } = await installed<Module>('@mikro-orm/sqlite')

const entity = new EntitySchema({
  name: 'Item',
  tableName: 'items',
  properties: {
    id: { type: 'integer', primary: true },
    name: { type: 'text' },
    city: { type: 'text' },
    amount: { type: 'double' },
    note: { type: 'text', nullable: true },
  },
})

/** MikroORM on its own better-sqlite3. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/mikro-orm-sqlite.ts')).openRecords(file),
  async open(dbName, settings) {
    const orm = await MikroORM.init({ dbName, entities: [entity] })
    const manager = orm.em.fork()
    for (const sql of pragmas(settings)) await manager.getConnection().execute(sql)
    return {
      insertItems: (items, times) =>
        manager.transactional(async (transaction) => {
          for (const chunk of chunks(items, times)) await transaction.insertMany(entity, chunk)
        }),
      close: () => orm.close(),
    }
  },
}
