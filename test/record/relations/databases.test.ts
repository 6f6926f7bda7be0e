import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import { closedAtEnd, unwatched } from '../../databases.ts'
import {
  column,
  connected,
  databaseWith,
  FavoriteColor,
  Nickname,
  names,
  Picture,
  picture,
  User,
  user,
} from './fixtures.ts'

test('records of another database are related there, and not to those of this one', async (t) => {
  const pool = await connected(t)
  const other = closedAtEnd(t, new ConnectionPool('sqlite::memory:', { ...unwatched, name: 'other' }))
  const tables = await pool.runQuery<{ sql: string }>("SELECT sql FROM sqlite_schema WHERE type = 'table'")
  for (const { sql } of tables) await other.runOperation(sql)
  const there = await User.on(other).create({ firstName: 'there' })
  const made = await there.pictures.create({ name: 'a' })
  const red = await there.colors.create({ name: 'red' })
  const nick = await there.nicknames.create({ value: 'n' })
  assert.equal(nick.nicknameableType, 'User')
  assert.equal(await Picture.all().count(), 0)
  assert.equal(await FavoriteColor.on(other).all().count(), 1)
  assert.equal((await made.user.get())?.firstName, 'there')
  assert.equal((await nick.nicknameable.get())?.id, there.id)
  assert.equal((await Nickname.on(other).all().include('nicknameable'))[0]?.nicknameable.value?.id, there.id)
  const here = await user('here')
  const local = await picture('local')
  for (const write of [
    () => there.pictures.set([local]),
    () => here.pictures.add(made as Picture),
    () => there.colors.add(red, new FavoriteColor({ name: 'x' })),
    () => local.user.set(there as User),
    () => nick.nicknameable.set(here as never),
  ]) {
    await assert.rejects(write, (error: Error & { code: string }) =>
      ['WRONG_RECORD', 'REFERENCE_NOT_SAVED'].includes(error.code),
    )
  }
  await pool.runInteraction(async (txn) => {
    const inside = await User.on(txn).get(here.id)
    await inside.pictures.set([local])
    assert.equal(await inside.pictures.count(), 1)
  })
  assert.deepEqual(names(await here.pictures.get()), ['local'])
})

test('TWI-120 what is undone by a rollback is undone in memory too', async (t) => {
  const pool = await connected(t)
  const ann = await user('ann')
  const [a, b] = [await picture('a', ann), await picture('b')]
  await ann.pictures.load()
  const mine = new Error('mine')
  await assert.rejects(
    pool.runInteraction(async () => {
      await ann.pictures.set([b])
      await a.reload()
      await b.user.clear()
      throw mine
    }),
    mine,
  )
  assert.deepEqual([a.userId, b.userId], [ann.id, null])
  assert.deepEqual(names(await ann.pictures.get()), ['a'])
  assert.deepEqual(names(await ann.pictures.get({})), ['a'])
})

class Strict extends Model('pictures', { id: c.integer().primaryKey(), userId: c.integer('user_id').nullable() }) {
  static {
    this.loadsStrictly()
  }
  user = this.belongsTo(() => User)
}
class Free extends Strict {
  static {
    this.loadsStrictly(false)
  }
}

test('a class may load strictly, until one that extends it does not', async (t) => {
  const pool = await connected(t)
  await databaseWith(t, ['CREATE TABLE pictures (id INTEGER PRIMARY KEY, user_id INTEGER)'], [Strict, Free])
  const record = await Strict.create({})
  await assert.rejects(record.user.get(), { code: 'NOT_LOADED' })
  assert.throws(() => Strict.loadsStrictly(1 as never), { code: 'INVALID_OPTION' })
  assert.equal(await (await Free.get(record.id)).user.get(), null)
  assert.equal(await expectQueries(pool, 0, () => 1), 1)
})

class Loose extends Model<{ id: number; name: string; user_id: number | null }>('pictures') {
  user = this.belongsTo(() => LooseUser)
}
class LooseUser extends Model<{ id: number; first_name: string }>('users') {
  pictures = this.hasMany(() => Loose)
}

test('models without declared columns are related by the columns of their tables', async (t) => {
  const pool = await databaseWith(
    t,
    [
      'CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT)',
      'CREATE TABLE pictures (id INTEGER PRIMARY KEY, name TEXT, user_id INTEGER)',
    ],
    [Loose, LooseUser],
  )
  await pool.insertMany('users', [{ first_name: 'ann' }])
  await pool.insertMany('pictures', [
    { name: 'a', user_id: 1 },
    { name: 'b', user_id: null },
  ])
  const ann = await LooseUser.get(1)
  const [a, b] = await Loose.all().orderBy('id')
  assert.equal((await ann.pictures.get()).length, 1)
  assert.equal(await ann.pictures.count(), 1)
  await ann.pictures.set([b as Loose])
  assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null, 1])
  await a?.user.set(ann)
  const [found] = await Loose.all().include('user')
  assert.equal(found?.user.value?.id, ann.id)
})
