import { type CreateTableBuilder, type Generated, Kysely, type KyselyConfig } from 'kysely'
import type { ConnectionPool, PoolOptions } from 'offloop'
import { OffloopDialect } from 'offloop/kysely'
import { atEnd, type Database, type Owner, onServers, onTunedDatabases, openPool } from '../databases.ts'

/** The tables of these tests. */
export interface Tables {
  person: { id: Generated<number>; name: string; age: number | null }
  pet: { id: Generated<number>; name: string; owner_id: number }
}

export type Db = Kysely<Tables>

/** A pool and Kysely on it, with the tables, which are empty. */
export async function openKysely(
  owner: Owner,
  database: Database,
  options: PoolOptions = {},
  config: Partial<KyselyConfig> = {},
): Promise<{ db: Db; pool: ConnectionPool }> {
  const pool = openPool(owner, database, options)
  const db = new Kysely<Tables>({ ...config, dialect: new OffloopDialect({ pool }) })
  atEnd(owner, () => db.destroy())
  await createTables(db, pool.dialect)
  return { db, pool }
}

async function createTables(db: Db, dialect: string | undefined): Promise<void> {
  await withKey(db.schema.createTable('person'), dialect)
    .addColumn('name', 'varchar(100)', (c) => c.notNull().unique())
    .addColumn('age', 'integer')
    .execute()
  await withKey(db.schema.createTable('pet'), dialect)
    .addColumn('name', 'varchar(100)', (c) => c.notNull())
    .addColumn('owner_id', 'integer', (c) => c.notNull().references('person.id'))
    .execute()
}

type CreateTable<C extends string> = CreateTableBuilder<string, C>

/** The key `id`, which the database counts. */
function withKey(table: CreateTable<never>, dialect: string | undefined): CreateTable<'id'> {
  return table.addColumn('id', 'integer', (column) =>
    dialect === 'postgres' ? column.primaryKey().generatedByDefaultAsIdentity() : column.primaryKey().autoIncrement(),
  )
}

export async function addPeople(db: Db, names: readonly string[]): Promise<void> {
  await db
    .insertInto('person')
    .values(names.map((name, i) => ({ name, age: 20 + i })))
    .execute()
}

/** A suite for every database on which Kysely runs. */
export function onKyselyDatabases(define: (database: Database) => void): void {
  onTunedDatabases(define)
  onServers(define)
}
