import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { connected } from './fixtures.ts'

const TABLES = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)',
  'CREATE TABLE pictures (id INTEGER PRIMARY KEY, name TEXT, user_id INTEGER)',
]

class User extends Model('users', { id: c.integer().primaryKey(), name: c.text().nullable() }) {
  pictures = this.hasMany(() => Picture)
  static {
    this.validatesPresenceOf('name')
    this.validatesAssociated('pictures', { message: 'are not all right.' })
    // @ts-expect-error no relation
    this.validatesAssociated('name', { if: () => false })
    // @ts-expect-error a relation is no value
    this.validatesPresenceOf('pictures', { if: () => false })
  }
}

class Picture extends Model('pictures', {
  id: c.integer().primaryKey(),
  name: c.text().nullable(),
  userId: c.integer('user_id').nullable(),
}) {
  user = this.belongsTo(() => User)
  static {
    this.validatesPresenceOf('name')
    this.validatesAssociated('user')
  }
}

test('loaded records are validated together, also when they refer to each other', async (t) => {
  await connected(t, [User, Picture], TABLES)
  const ann = await User.create({ name: 'ann' })
  const [one, two] = [
    await Picture.create({ name: 'a', userId: ann.id }),
    await Picture.create({ name: 'b', userId: ann.id }),
  ]
  const [user] = await User.all().include('pictures')
  assert.ok(user)
  for (const picture of user.pictures.value) await picture.user.load()
  assert.equal(await user.isValid(), true)
  const [first] = user.pictures.value
  assert.ok(first)
  first.name = ''
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.fullMessages, ['Pictures are not all right.'])
  assert.deepEqual(first.errors.fullMessages, ['Name cannot be blank.'])
  assert.equal(one.isNew || two.isNew, false)
})

test('what is not loaded is not looked at', async (t) => {
  await connected(t, [User, Picture], TABLES)
  const ann = await User.create({ name: 'ann' })
  await new Picture({ userId: ann.id }).save({ validate: false })
  const user = await User.find(1)
  assert.equal(await user?.isValid(), true)
})

test('a rule about values refuses relations, and one about relations refuses anything else', async () => {
  class Other extends Model('others', { id: c.integer().primaryKey(), userId: c.integer() }) {
    user = this.belongsTo(() => User)
  }
  Other.validatesPresenceOf('user' as never)
  await assert.rejects(new Other().isValid(), { code: 'INVALID_VALIDATION' })
  Other.clearValidations()
  Other.validatesAssociated('userId' as never)
  await assert.rejects(new Other().isValid(), { code: 'UNKNOWN_RELATION' })
})
