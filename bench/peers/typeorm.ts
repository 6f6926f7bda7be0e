import type { Item } from '../tables/items.ts'
import { chunks } from './chunks.ts'
import { installed } from './installed.ts'
import type { Peer } from './peer.ts'
import { pragmas } from './settings.ts'

interface Insert {
  into(entity: unknown): Insert
  values(items: Item[]): Insert
  updateEntity(update: boolean): Insert
  execute(): Promise<unknown>
}

interface Manager {
  createQueryBuilder(): { insert(): Insert }
}

interface DataSource {
  initialize(): Promise<unknown>
  query(sql: string): Promise<unknown>
  transaction(work: (manager: Manager) => Promise<void>): Promise<void>
  destroy(): Promise<void>
}

interface Module {
  DataSource: new (options: object) => DataSource
  EntitySchema: new (options: object) => unknown
}

const { DataSource, EntitySchema } = await installed<Module>('typeorm')

const entity = new EntitySchema({
  name: 'items',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    name: { type: 'text' },
    city: { type: 'text' },
    amount: { type: 'real' },
    note: { type: 'text', nullable: true },
  },
})

/** TypeORM on better-sqlite3, many rows per INSERT, without reading the keys back. */
export const peer: Peer = {
  openRecords: async (file) => (await import('./records/typeorm.ts')).openRecords(file),
  async open(database, settings) {
    const source = new DataSource({ type: 'better-sqlite3', database, entities: [entity] })
    await source.initialize()
    for (const sql of pragmas(settings)) await source.query(sql)
    return {
      insertItems: (items, times) =>
        source.transaction(async (manager) => {
          for (const chunk of chunks(items, times)) {
            await manager.createQueryBuilder().insert().into(entity).values(chunk).updateEntity(false).execute()
          }
        }),
      close: () => source.destroy(),
    }
  },
}
