import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { column as c, connect, gte, Model } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, Picture, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('a static method of a class is a scope, typed by itself', async () => {
    await pool.runOperation('UPDATE users SET age = age * 10')
    const adults = await User.adults().where({ role: 'admin' }).orderBy('id')
    const names: string[] = adults.map(({ firstName }) => firstName)
    assert.deepEqual(names, ['user 2', 'user 3'])
    assert.deepEqual(await User.where({ role: 'admin' }).merge(User.adults()).ids(), [2, 3])
  })

  it('a scope is called on a query as on the class, and goes on from there', async () => {
    class Person extends User {
      static old(age: number) {
        return this.where({ age: gte(age) })
      }
      static oldGuests(age: number) {
        return this.where({ role: 'guest' }).old(age).orderBy('id')
      }
      static async oldest() {
        return await this.orderBy('-age').first()
      }
    }
    const people: Person[] = await Person.old(3).oldGuests(6).limit(3)
    assert.deepEqual(
      people.map(({ id }) => id),
      [6, 7, 8],
    )
    assert.deepEqual(
      await Person.where({ id: [1, 2, 7, 9] })
        .limit(3)
        .old(2)
        .orderBy('-id')
        .ids(),
      [9, 7, 2],
    )
    assert.equal((await Person.where({ role: 'admin' }).oldest())?.id, 3)
    assert.equal((await Person.oldest())?.id, 10)
    assert.equal(await Person.all().adults().old(3).count(), 0)
    assert.ok(people[0] instanceof Person)
    // @ts-expect-error its class has no such scope
    assert.throws(() => User.all().old(3), { name: 'TypeError' })
    // @ts-expect-error an age is a number
    assert.throws(() => Person.all().old('3'), { code: 'ATTRIBUTE_VALUE' })
    // @ts-expect-error what a class does beside asking is not its queries'
    assert.equal(Person.all().createTable, undefined)
  })

  it('a scope that names its class, or leaves its default scope, narrows the query all the same', async () => {
    class Guest extends User {
      static {
        this.defaultScope((query) => query.where({ role: 'guest' }))
      }
      static byName() {
        return User.where({ age: gte(8) })
      }
      static whole() {
        return this.unscoped()
      }
      static others() {
        return this.where({ id: Guest.where({ age: [6, 7, 9] }).valuesOf('id') })
      }
    }
    class Person extends User {
      static byName() {
        return Person.where({ age: gte(8) }).limit(2)
      }
    }
    assert.deepEqual(
      await Person.where({ id: [1, 8, 9, 10] })
        .byName()
        .orderBy('id')
        .ids(),
      [8, 9],
    )
    assert.deepEqual(
      await Guest.where({ age: gte(9) })
        .whole()
        .orderBy('id')
        .ids(),
      [9, 10],
    )
    assert.equal(await Guest.whole().count(), 10)
    assert.deepEqual(
      await Guest.where({ age: gte(7) })
        .others()
        .orderBy('id')
        .ids(),
      [7, 9],
    )
    assert.throws(() => Guest.where({ age: 8 }).byName(), { code: 'INVALID_QUERY' })
  })

  it('scopes keep what a query reads, and add what they read', async () => {
    class Person extends User {
      static pictured() {
        return this.include('pictures')
      }
      static short() {
        return this.select('id', 'age').where({ age: 2 })
      }
      static second() {
        return this.where({ id: 2 })
      }
    }
    await Picture.create({ name: 'sea', userId: 2 })
    const [first] = await Person.second().pictured().second()
    assert.equal(first?.pictures.value[0]?.name, 'sea')
    const [second] = await Person.include('pictures').second()
    assert.equal(second?.pictures.value[0]?.name, 'sea')
    const [third] = await Person.second().short()
    assert.equal(third?.age, 2)
    // @ts-expect-error it was not selected
    assert.throws(() => third?.firstName, { code: 'ATTRIBUTE_LEFT_OUT' })
    const [fourth] = await Person.select('id').second()
    // @ts-expect-error it was not selected
    assert.throws(() => fourth?.age, { code: 'ATTRIBUTE_LEFT_OUT' })
  })

  it('scopes are called on what a relation asks for, in transactions and on other databases', async () => {
    class Painter extends Model('users', { id: c.integer().primaryKey(), firstName: c.text('first_name') }) {
      pictures = this.hasMany(() => Painting, { foreignKey: 'userId', scope: (all) => all.named(['sea', 'hill']) })
    }
    class Painting extends Model('pictures', {
      id: c.integer().primaryKey(),
      name: c.text(),
      userId: c.integer('user_id').nullable(),
    }) {
      static named(names: string[]) {
        return this.where({ name: names })
      }
    }
    connect(pool, [Painter, Painting])
    await Painting.insertMany(['sea', 'hill', 'moor'].map((name) => ({ name, userId: 1 })))
    const painter = await Painter.get(1)
    const seas: Painting[] = await painter.pictures.query().named(['sea', 'moor'])
    assert.deepEqual(
      seas.map(({ name }) => name),
      ['sea'],
    )
    await pool.runInteraction(async (txn) => {
      await Painting.on(txn).deleteAll()
      assert.equal(await Painting.on(txn).where({ userId: 1 }).named(['moor']).count(), 0)
    })
  })

  it('a method of queries stays what it is, and methods of subclasses go before those of their parents', async () => {
    class Person extends User {
      static toSql() {
        return this.where({ id: 1 })
      }
      static some() {
        return this.where({ id: 1 })
      }
    }
    class Member extends Person {
      static override some() {
        return this.where({ id: 2 })
      }
    }
    assert.match(Person.all().toSql().sql, /^select/)
    assert.deepEqual(await Member.all().some().ids(), [2])
    assert.deepEqual(await Person.all().some().ids(), [1])
  })

  it('a default scope narrows every way of reading; unscoped() is without it', async () => {
    class Guest extends User {
      static {
        this.defaultScope((query) => query.where({ role: 'guest' }))
      }
    }
    assert.equal(await Guest.count(), 7)
    assert.equal(await Guest.find(1), null)
    assert.equal((await Guest.get(4)).id, 4)
    assert.deepEqual(await Guest.findMany([1, 4]).then(idsOf), [4])
    assert.deepEqual(await Guest.where({ age: [3, 4] }).ids(), [4])
    assert.equal((await Guest.first())?.id, 4)
    assert.equal(await Guest.exists({ role: 'admin' }), false)
    assert.equal(await Guest.unscoped().count(), 10)
    assert.equal(await User.count(), 10)
    assert.ok((await Guest.get(4)) instanceof Guest)
  })

  it('a class inherits the default scope of its parent and may add its own', async () => {
    class Guest extends User {
      static {
        this.defaultScope((query) => query.where({ role: 'guest' }))
      }
    }
    class OldGuest extends Guest {
      static {
        this.defaultScope((query) => query.where({ age: gte(8) }))
      }
    }
    assert.deepEqual(await OldGuest.orderBy('id').ids(), [8, 9, 10])
    assert.equal(await Guest.count(), 7)
    // @ts-expect-error no such attribute
    assert.throws(() => OldGuest.defaultScope((query) => query.where({ nope: 1 })) ?? OldGuest.all(), {
      code: 'UNKNOWN_ATTRIBUTE',
    })
    assert.throws(() => Guest.defaultScope('role' as never), { code: 'INVALID_OPTION' })
  })
})
