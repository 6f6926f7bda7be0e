import { before } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { closedAtEnd, type Database, type Owner, onTunedAndServers, openPool, unwatched } from '../../databases.ts'
import { asWrittenFor, prepare } from '../tables.ts'

export class User extends Model('users', {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name'),
  age: c.integer().nullable(),
  bossId: c.integer('boss_id').nullable(),
}) {
  pictures = this.hasMany(() => Picture)
  sorted = this.hasMany(() => Picture, { orderBy: '-name', inverse: 'user' })
  big = this.hasMany(() => Picture, { scope: (pictures) => pictures.where({ size: 100 }) })
  avatar = this.hasOne(() => Avatar)
  colors = this.hasAndBelongsToMany(() => FavoriteColor, {
    attributes: { paletteId: c.integer('palette_id').nullable() },
  })
  nicknames = this.hasMany(() => Nickname, { as: 'nicknameable' })
  boss = this.belongsTo(() => User)
  reports = this.hasMany(() => User, { foreignKey: 'bossId' })
  memberships = this.hasMany(() => Membership)
  clubs = this.hasMany(() => Club, { through: 'memberships' })
}

export class Picture extends Model('pictures', {
  id: c.integer().primaryKey(),
  name: c.text(),
  size: c.integer().nullable(),
  userId: c.integer('user_id').nullable(),
}) {
  user = this.belongsTo(() => User)
  nicknames = this.hasMany(() => Nickname, { as: 'nicknameable' })
}

export class Avatar extends Model('avatars', {
  id: c.integer().primaryKey(),
  name: c.text(),
  userId: c.integer('user_id').nullable(),
}) {
  user = this.belongsTo(() => User)
}

export class FavoriteColor extends Model('favorite_colors', { id: c.integer().primaryKey(), name: c.text() }) {
  users = this.hasAndBelongsToMany(() => User)
}

export class Nickname extends Model('nicknames', {
  id: c.integer().primaryKey(),
  value: c.text(),
  nicknameableId: c.integer('nicknameable_id').nullable(),
  nicknameableType: c.text('nicknameable_type').nullable(),
}) {
  nicknameable = this.belongsToAny(() => [User, Picture])
}

export class Club extends Model('clubs', { id: c.integer().primaryKey(), name: c.text() }) {
  memberships = this.hasMany(() => Membership)
  users = this.hasMany(() => User, { through: 'memberships', orderBy: '-firstName' })
}

export class Membership extends Model('memberships', {
  id: c.integer().primaryKey(),
  userId: c.integer('user_id'),
  clubId: c.integer('club_id'),
  since: c.integer().nullable(),
}) {
  user = this.belongsTo(() => User)
  club = this.belongsTo(() => Club)
}

const TABLES = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, age INTEGER, boss_id INTEGER)',
  'CREATE TABLE pictures (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER, user_id INTEGER)',
  'CREATE TABLE avatars (id INTEGER PRIMARY KEY, name TEXT NOT NULL, user_id INTEGER)',
  'CREATE TABLE favorite_colors (id INTEGER PRIMARY KEY, name TEXT NOT NULL)',
  'CREATE TABLE favorite_colors_users (favorite_color_id INTEGER, user_id INTEGER, palette_id INTEGER)',
  'CREATE TABLE nicknames (id INTEGER PRIMARY KEY, value TEXT NOT NULL, nicknameable_id INTEGER, nicknameable_type TEXT)',
  'CREATE TABLE clubs (id INTEGER PRIMARY KEY, name TEXT NOT NULL)',
  'CREATE TABLE memberships (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, club_id INTEGER NOT NULL, since INTEGER)',
]

export const models = [User, Picture, Avatar, FavoriteColor, Nickname, Club, Membership]

/** The database on which tests run now; one of SQLite in memory unless told. */
let current: Database | null = null

/** A suite for every database, on which {@link connected} and {@link databaseWith} then open their pools. */
export function onDatabases(define: (database: Database) => void): void {
  onTunedAndServers((database) => {
    before(() => {
      current = database
    })
    define(database)
  })
}

/** A pool on an empty database with all tables, to which the models above are connected. */
export async function connected(owner: Owner): Promise<ConnectionPool> {
  return await databaseWith(owner, TABLES, models)
}

/** The same with tables and models of a test's own. */
export async function databaseWith(
  owner: Owner,
  tables: readonly string[],
  ofTest: readonly object[],
): Promise<ConnectionPool> {
  const pool = opened(owner)
  await prepare(pool, ...tables)
  connect(pool, ofTest, { replace: true })
  return pool
}

function opened(owner: Owner): ConnectionPool {
  if (current && current.dialect.name !== 'sqlite') return openPool(owner, current)
  return closedAtEnd(owner, new ConnectionPool(`${current?.driver ?? 'sqlite'}::memory:`, unwatched))
}

/** A column of a table as the database has it, sorted by id. */
export async function column<T = unknown>(pool: ConnectionPool, table: string, name: string): Promise<T[]> {
  const order = pool.dialect === 'sqlite' ? 'rowid' : table.startsWith('f') && table !== 'freed' ? '1' : 'id'
  const rows = await pool.runQuery<Record<string, T>>(
    asWrittenFor(pool, `SELECT ${name} AS value FROM ${table} ORDER BY ${order}`),
  )
  return rows.map(({ value }) => value as T)
}

export async function user(firstName: string): Promise<User> {
  return await User.create({ firstName })
}

export async function picture(name: string, owner?: User): Promise<Picture> {
  return await Picture.create({ name, userId: owner?.id ?? null })
}

export function names(records: readonly { readonly name: string }[]): string[] {
  return records.map(({ name }) => name)
}
