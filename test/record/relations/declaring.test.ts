import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model, ModelError } from 'offloop/record'
import { connected, databaseWith, names, onDatabases, Picture, picture, User, user } from './fixtures.ts'

onDatabases(() => {
  test('TWI-027 what a relation leads to is not assigned: use .set()', async (t) => {
    await connected(t)
    const ann = await user('ann')
    const bob = await user('bob')
    const pic = await picture('a')
    const expected = {
      code: 'ASSIGNED_RELATION',
      message: /User.pictures is a relation and cannot be assigned: use .set\(\)/,
    }
    // @ts-expect-error no attribute
    assert.throws(() => ann.assign({ pictures: [pic] }), expected)
    // @ts-expect-error no attribute
    assert.throws(() => new User({ pictures: [pic] }), expected)
    // @ts-expect-error no attribute
    await assert.rejects(User.create({ firstName: 'x', pictures: [] }), expected)
    // @ts-expect-error a list is no relation
    ann.pictures = [pic]
    await assert.rejects(ann.save(), expected)
    bob.pictures = (await user('cid')).pictures
    await assert.rejects(bob.save(), expected)
  })

  test('TWI-095 TWI-096 relations are declared by fields; what is wrong is refused with the first record', async (t) => {
    await connected(t)
    class Wrong extends Model('users', { id: c.integer().primaryKey() }) {
      // @ts-expect-error there is no such option
      pictures = this.hasMany(() => Picture, { foreignkey: 'x' })
    }
    assert.throws(() => new Wrong(), {
      code: 'INVALID_OPTION',
      message: /a relation of Wrong has no option "foreignkey"; it knows .*foreignKey/,
    })
    class Nameless extends Model('users', { id: c.integer().primaryKey() }) {
      pictures = this.hasMany('Picture' as never)
    }
    assert.throws(() => new Nameless(), { code: 'INVALID_OPTION', message: /\(\) => Picture, not as a string/ })
    class Missing extends Model('users', { id: c.integer().primaryKey() }) {
      pictures = this.hasMany(() => undefined as never)
      others = this.hasMany(() => String as never)
      keyless = this.hasMany(() => Picture, { foreignKey: 'nope' as never })
      scoped = this.hasMany(() => Picture, { foreignKey: 'userId', scope: (pictures) => pictures.limit(1) })
    }
    await databaseWith(t, ['CREATE TABLE users (id INTEGER PRIMARY KEY)'], [Missing])
    const record = await Missing.create({})
    await assert.rejects(record.pictures.get(), {
      code: 'INVALID_MODEL',
      message: /Missing.pictures: the other model is given as a function/,
    })
    await assert.rejects(record.others.get(), ModelError)
    await assert.rejects(record.keyless.get(), {
      code: 'UNKNOWN_ATTRIBUTE',
      message: /Picture has no attribute "nope"/,
    })
    await assert.rejects(record.scoped.get(), { code: 'INVALID_MODEL', message: /limit/ })
  })

  class Base extends Model('animals', {
    id: c.integer().primaryKey(),
    name: c.text(),
    ownerId: c.integer().nullable(),
  }) {
    keeper = this.belongsTo(() => Keeper, { foreignKey: 'ownerId' })
  }
  class Dog extends Base {
    bones = this.hasMany(() => Bone)
  }
  class Bone extends Model('bones', { id: c.integer().primaryKey(), name: c.text(), baseId: c.integer() }) {}
  class Keeper extends Model('keepers', { id: c.integer().primaryKey() }) {}

  test('TWI-104 D060 a subclass has its own relations and those of its parent, whoever was used first', async (t) => {
    await databaseWith(
      t,
      [
        'CREATE TABLE animals (id INTEGER PRIMARY KEY, name TEXT, ownerId INTEGER)',
        'CREATE TABLE bones (id INTEGER PRIMARY KEY, name TEXT, baseId INTEGER)',
        'CREATE TABLE keepers (id INTEGER PRIMARY KEY)',
      ],
      [Base, Dog, Bone, Keeper],
    )
    const keeper = await Keeper.create({})
    const cat = await Base.create({ name: 'cat', ownerId: keeper.id })
    assert.equal((await cat.keeper.get())?.id, keeper.id)
    const dog = await Dog.create({ name: 'dog', ownerId: keeper.id })
    await Bone.create({ name: 'bone', baseId: dog.id })
    assert.equal((await dog.keeper.get())?.id, keeper.id)
    assert.deepEqual(names(await dog.bones.get()), ['bone'])
    const [found] = await Dog.where({ name: 'dog' }).include('bones', 'keeper')
    assert.equal(found?.bones.value.length, 1)
  })

  test('TWI-098 TWI-099 the class itself is given, so that no name is guessed', async (t) => {
    class Address extends Model('addresses', {
      id: c.integer().primaryKey(),
      status: c.text(),
      personId: c.integer(),
    }) {}
    class Person extends Model('people', { id: c.integer().primaryKey() }) {
      address = this.hasOne(() => Address)
      boss = this.hasMany(() => Address)
    }
    await databaseWith(
      t,
      [
        'CREATE TABLE people (id INTEGER PRIMARY KEY)',
        'CREATE TABLE addresses (id INTEGER PRIMARY KEY, status TEXT, personId INTEGER)',
      ],
      [Person, Address],
    )
    const ann = await Person.create({})
    await ann.address.create({ status: 'here' })
    assert.equal((await ann.boss.get())[0]?.status, 'here')
  })

  test('TWI-144 TWI-146 everything joins the transaction around it, on a pool of one connection too', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [a, b] = [await picture('a'), await picture('b')]
    const mine = new Error('mine')
    const undone = pool.runInteraction(async () => {
      await ann.pictures.set([a])
      await ann.pictures.add(b)
      await ann.colors.create({ name: 'red' })
      await assert.rejects(ann.pictures.set([new Picture({ name: 'x' })]))
      assert.equal(await ann.pictures.count(), 2)
      throw mine
    })
    await assert.rejects(undone, mine)
    assert.equal(await ann.pictures.count(), 0)
    assert.equal(await ann.colors.count(), 0)
    await pool.runInteraction(async () => {
      await ann.pictures.set([b])
    })
    assert.equal(await ann.pictures.count(), 1)
  })
})
