import type { ConnectionPool } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import type { ModelsDatabase } from '../../../src/record/models-database.ts'
import { type Database, type Owner, openPool } from '../../databases.ts'
import { keysWereGiven } from '../given-keys.ts'

/** Models of one database: classes are connected to one pool each. */
export type Blog = ReturnType<typeof openBlog>

/** People, their pictures and seats, in a database of its own. {@link empty} makes the tables. */
export function openBlog(owner: Owner, database: Database) {
  class User extends Model('users', {
    id: c.integer().primaryKey(),
    firstName: c.text('first_name'),
    age: c.integer().nullable(),
    role: c.enum(['admin', 'guest']).default('guest'),
    balance: c.decimal({ precision: 12, scale: 2 }).nullable(),
    score: c.real().nullable(),
    big: c.bigint().nullable(),
    joined: c.datetime().nullable(),
    data: c.json<{ tags: string[] }>().nullable(),
  }) {
    pictures = this.hasMany(() => Picture)

    static adults() {
      return this.where(['age >= ?', 18])
    }

    /** Asks its own class without a word about types. */
    async sameAge() {
      return await User.where({ age: this.age }).orderBy('id')
    }
  }
  class Picture extends Model('pictures', {
    id: c.integer().primaryKey(),
    name: c.text(),
    userId: c
      .integer('user_id')
      .nullable()
      .references(() => User),
  }) {
    user = this.belongsTo(() => User)
  }
  class Seat extends Model('seats', {
    row: c.integer().primaryKey(),
    number: c.integer().primaryKey(),
    taken: c.boolean(),
  }) {}
  const pool = openPool(owner, database)
  const db = connect(pool, [User, Picture, Seat])
  databases.set(pool, db)
  return { pool, db, User, Picture, Seat }
}

/** Makes the tables, or takes all rows out of them. */
export async function empty(pool: ConnectionPool): Promise<void> {
  await databases.get(pool)?.createTables({ ifNotExists: true })
  for (const table of ['pictures', 'users', 'seats']) await pool.runOperation(`DELETE FROM ${table}`)
}

const databases = new WeakMap<ConnectionPool, ModelsDatabase>()

/** Ten people of ages 1 to 10, the fifth of no known age; the first three are admins. */
export async function fillUsers(pool: ConnectionPool, count = 10): Promise<void> {
  await empty(pool)
  await pool.insertMany(
    'users',
    Array.from({ length: count }, (_, at) => ({
      id: at + 1,
      first_name: `user ${at + 1}`,
      age: at === 4 ? null : at + 1,
      role: at < 3 ? 'admin' : 'guest',
    })),
  )
  await keysWereGiven(pool, 'users')
}

/** The ids of records, in their order. */
export function idsOf(records: readonly { readonly id: number }[]): number[] {
  return records.map(({ id }) => id)
}

/** All that an iteration gives. */
export async function collected<T>(iteration: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of iteration) all.push(one)
  return all
}
