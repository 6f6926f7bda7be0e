import { sql } from '../../sql/index.ts'
import type { Definition } from '../contract.ts'
import { linksOf } from './links.ts'
import { runAll } from './run.ts'

/** Deletes all rows of a model's table, and of its tables of links. */
export async function clearTable(definition: Definition): Promise<void> {
  const { database, table } = definition
  const tables = [...linksOf(definition).map((links) => links.table), table]
  const statements = tables.map((one) => sql`delete from ${sql.id(one)}`.compile(database.writer).sql)
  await database.transaction(() => runAll(database, statements))
}
