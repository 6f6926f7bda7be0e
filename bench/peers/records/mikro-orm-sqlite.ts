import { installed } from '../installed.ts'
import type { OpenRecords } from '../records.ts'
import { equalSettings, pragmas } from '../settings.ts'
import { entities, type Orm, recordsOf } from './mikro-orm.ts'

interface Module {
  MikroORM: { init(options: object): Promise<Orm & { em: { getConnection(): Connection } }> }
}
interface Connection {
  execute(sql: string): Promise<unknown>
}

const { MikroORM } = await installed<Module>('@mikro-orm/sqlite')

/** MikroORM on its own better-sqlite3. */
export const openRecords: OpenRecords = async (dbName) => {
  const orm = await MikroORM.init({ dbName, entities })
  for (const sql of pragmas(equalSettings)) await orm.em.getConnection().execute(sql)
  return recordsOf(orm)
}
