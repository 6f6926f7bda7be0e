import { before } from 'node:test'
import type { ConnectionPool, PoolOptions } from 'offloop'
import { type ConnectOptions, column as c, connect, Model } from 'offloop/record'
import { queryChannel } from '../../../src/pool/traces.ts'
import { type Database, type Owner, openPool } from '../../databases.ts'
import { asSqlite, prepare } from '../tables.ts'

const SCHEMA = [
  `CREATE TABLE people (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER, role TEXT NOT NULL DEFAULT 'guest', data TEXT)`,
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, created_at TEXT, updated_at TEXT, lock_version INTEGER)',
  'CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID',
  'CREATE TABLE seats (row INTEGER NOT NULL, number INTEGER NOT NULL, guest TEXT, PRIMARY KEY (row, number))',
  'CREATE TABLE onlies (id INTEGER PRIMARY KEY)',
  'CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" TEXT, "a""b" TEXT)',
]

/** A clock that a test sets. */
export class SetClock {
  time = new Date('2026-01-02T03:04:05.000Z')
  now = (): Date => this.time
}

/** A pool, and models that are connected to it; their tables are there before the first test. */
export function opened(owner: Owner, database: Database, setting: Setting = {}) {
  const pool = openPool(owner, database, setting.pool)
  before(() => createTables(pool))
  const models = modelsOf()
  const { Person, Note, Country, Seat, Only, Order } = models
  const db = connect(pool, [Person, Note, Country, Seat, Only, Order], setting.connect)
  return { pool, db, ...models }
}

/** Creates the tables of these tests. */
export async function createTables(pool: ConnectionPool): Promise<void> {
  await prepare(pool, ...SCHEMA)
}

interface Setting {
  readonly pool?: PoolOptions
  readonly connect?: ConnectOptions
}

/** Models of the tables of these tests, new ones each time. */
export function modelsOf() {
  class Person extends Model('people', {
    id: c.integer().primaryKey(),
    name: c.text(),
    age: c.integer().nullable(),
    role: c.enum(['admin', 'guest']).databaseDefault("'guest'"),
    data: c.json<{ tags: string[] }>().nullable(),
  }) {}
  class Note extends Model('notes', {
    id: c.integer().primaryKey(),
    text: c.text().nullable(),
    createdAt: c.datetime('created_at').createdAt(),
    updatedAt: c.datetime('updated_at').updatedAt(),
    lockVersion: c.integer('lock_version').lockVersion(),
  }) {}
  class Country extends Model('countries', { code: c.text().primaryKey(), name: c.text().nullable() }) {}
  class Seat extends Model('seats', {
    row: c.integer().primaryKey(),
    number: c.integer().primaryKey(),
    guest: c.text().nullable(),
  }) {}
  class Only extends Model('onlies', { id: c.integer().primaryKey() }) {}
  class Order extends Model('order', {
    id: c.integer().primaryKey(),
    group: c.text().nullable(),
    odd: c.text('a"b').nullable(),
  }) {}
  return { Person, Note, Country, Seat, Only, Order }
}

/** The SQL, as it would be for SQLite, of the statements that `work` sends through this pool. */
export async function sent(pool: ConnectionPool, work: () => unknown): Promise<string[]> {
  const { name } = pool.stats()
  const statements: string[] = []
  const told = (trace: { readonly pool: string; readonly sql: string }) => {
    if (trace.pool === name) statements.push(asSqlite(trace.sql))
  }
  const subscriber = { start: told, end() {}, asyncStart() {}, asyncEnd() {}, error() {} }
  queryChannel.subscribe(subscriber as never)
  try {
    await work()
  } finally {
    queryChannel.unsubscribe(subscriber as never)
  }
  return statements
}
