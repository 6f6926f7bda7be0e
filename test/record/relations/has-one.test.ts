import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model, NotUniqueError } from 'offloop/record'
import { Avatar, column, connected, databaseWith, onDatabases, User, user } from './fixtures.ts'

onDatabases(() => {
  test('TWI-124 get gives the one record that belongs to another, or null', async (t) => {
    await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    await Avatar.create({ name: 'a', userId: ann.id })
    const avatar: Avatar | null = await ann.avatar.get()
    assert.equal(avatar?.name, 'a')
    assert.equal(await bob.avatar.get(), null)
    assert.equal(await bob.avatar.exists(), false)
  })

  test('TWI-125 TWI-126 D069 set writes the key into the other row, and the one before lets go', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [first, second] = [await Avatar.create({ name: 'a' }), await Avatar.create({ name: 'b' })]
    await ann.avatar.set(first)
    assert.equal(first.userId, ann.id)
    const loaded = await ann.avatar.get()
    await ann.avatar.set(second)
    assert.deepEqual(await column(pool, 'avatars', 'user_id'), [null, ann.id])
    assert.deepEqual([loaded?.userId, second.userId], [null, ann.id])
    assert.equal(await ann.avatar.get(), second)
  })

  test('TWI-127 D070 null and clear let go, a record that was not saved changes nothing', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const avatar = await Avatar.create({ name: 'a' })
    await ann.avatar.set(avatar)
    await assert.rejects(ann.avatar.set(new Avatar({ name: 'x' })), { code: 'REFERENCE_NOT_SAVED' })
    assert.deepEqual(await column(pool, 'avatars', 'user_id'), [ann.id])
    await ann.avatar.set(null)
    assert.deepEqual(await column(pool, 'avatars', 'user_id'), [null])
    await ann.avatar.set(avatar)
    await ann.avatar.clear()
    assert.deepEqual(await column(pool, 'avatars', 'user_id'), [null])
    assert.equal(await ann.avatar.get(), null)
    await assert.rejects(ann.avatar.set(undefined as never), { code: 'WRONG_RECORD' })
  })

  test('SQO-183 several rows where one is expected are an error, unless an order says which is first', async (t) => {
    await connected(t)
    const ann = await user('ann')
    await Avatar.create({ name: 'a', userId: ann.id })
    await Avatar.create({ name: 'b', userId: ann.id })
    await assert.rejects(
      ann.avatar.get(),
      (error) => error instanceof NotUniqueError && /User.avatar/.test(error.message),
    )
    const [loaded] = await User.where({ id: ann.id }).include('avatar')
    assert.throws(() => loaded?.avatar.value, NotUniqueError)
    await ann.avatar.clear()
    assert.equal(await ann.avatar.get(), null)
  })

  class Person extends Model('people', { id: c.integer().primaryKey() }) {
    address = this.hasOne(() => Address, { makeDefault: () => ({ city: 'nowhere' }) })
    latest = this.hasOne(() => Address, { orderBy: '-id' })
    owned = this.hasOne(() => Address, { dependent: 'delete' })
  }
  class Address extends Model('addresses', {
    id: c.integer().primaryKey(),
    city: c.text(),
    personId: c.integer().nullable(),
  }) {}

  const tables = [
    'CREATE TABLE people (id INTEGER PRIMARY KEY)',
    'CREATE TABLE addresses (id INTEGER PRIMARY KEY, city TEXT NOT NULL, personId INTEGER)',
  ]

  test('SQO-183 makeDefault makes the record that there is none of, once', async (t) => {
    await databaseWith(t, tables, [Person, Address])
    const ann = await Person.create({})
    const address = await ann.address.get()
    assert.equal(address?.city, 'nowhere')
    assert.equal(await ann.address.get(), address)
    assert.equal(await Address.all().count(), 1)
  })

  test('SQO-184 create puts a new record in the place of the one before', async (t) => {
    const pool = await databaseWith(t, tables, [Person, Address])
    const ann = await Person.create({})
    await ann.latest.create({ city: 'a' })
    await ann.latest.create({ city: 'b' })
    assert.deepEqual(await column(pool, 'addresses', 'personId'), [null, ann.id])
    await Address.create({ city: 'c', personId: ann.id })
    assert.equal((await (await ann.latest.reload()).get())?.city, 'c')
    await ann.owned.create({ city: 'd' })
    assert.deepEqual(await column(pool, 'addresses', 'city'), ['a', 'd'])
    await assert.rejects(ann.owned.create({ city: null as never }))
    assert.deepEqual(await column(pool, 'addresses', 'city'), ['a', 'd'])
  })
})
