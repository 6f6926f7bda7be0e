import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, connect, gte, like, Model } from 'offloop/record'

class User extends Model('users', {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name'),
  age: c.integer().nullable(),
}) {
  pictures = this.hasMany(() => Picture)
  boss = this.belongsTo(() => User, { foreignKey: 'age' })
}
class Picture extends Model('pictures', {
  id: c.integer().primaryKey(),
  name: c.text(),
  userId: c.integer('user_id').nullable(),
}) {
  user = this.belongsTo(() => User)
}

it('relates', async () => {
  const pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation('CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, age INTEGER)')
  await pool.runOperation('CREATE TABLE pictures (id INTEGER PRIMARY KEY, name TEXT NOT NULL, user_id INTEGER)')
  connect(pool, [User, Picture])
  const ann = await User.create({ firstName: 'ann', age: 1 })
  await Picture.create({ name: 'a', userId: ann.id })
  await Picture.create({ name: 'b', userId: ann.id })
  const pictures = await ann.pictures.get()
  assert.deepEqual(
    pictures.map((picture) => picture.name),
    ['a', 'b'],
  )
  const users = await User.where({ firstName: like('a%'), age: gte(1) }).include('pictures', 'boss')
  const names: string[] | undefined = users[0]?.pictures.value.map((picture) => picture.name)
  assert.deepEqual(names, ['a', 'b'])
  assert.equal(users[0]?.boss.value?.firstName, 'ann')
  const [picture] = pictures
  assert.equal((await picture?.user.get())?.firstName, 'ann')
  // @ts-expect-error not loaded
  assert.throws(() => ann.boss.value)
  // @ts-expect-error not a relation
  assert.throws(() => User.all().include('firstName'))
  // @ts-expect-error wrong type
  await assert.rejects(User.create({ firstName: 3 }))
  // @ts-expect-error missing
  await assert.rejects(User.create({ age: 3 }))
  // @ts-expect-error unknown
  assert.throws(() => User.where({ nope: 1 }))
  // @ts-expect-error operator of another type
  assert.throws(() => User.where({ age: like('x') }))
  // @ts-expect-error json operator object
  assert.throws(() => User.where({ age: { gt: 0 } }))
  await pool.close()
})
