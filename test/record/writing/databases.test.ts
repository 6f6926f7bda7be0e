import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, InterfaceError } from 'offloop'
import type { Driver } from 'offloop/driver'
import sqlite from 'offloop/node-sqlite'
import { column as c, connect, Model, ModelError } from 'offloop/record'
import { closedAtEnd, type Database, openPool, tunedDatabases } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { prepare } from '../tables.ts'
import { createTables, modelsOf } from './fixtures.ts'

const database = tunedDatabases[0] as Database
const suite = { after: (work: () => unknown) => test.after(work as () => void) }

async function filled(name: string): Promise<ConnectionPool> {
  const pool = openPool(suite, database)
  await createTables(pool)
  await pool.runOperation('INSERT INTO people (name) VALUES (?)', name)
  return pool
}
const first = await filled('of first')
const second = await filled('of second')
const names = (model: ReturnType<typeof modelsOf>['Person']) => model.all().pluck('name')

test('TWI-001 SQO-024 SQO-027 models have the database that connect gave them; several side by side', async () => {
  const [one, two] = [modelsOf(), modelsOf()]
  connect(first, [one.Person])
  const db = connect(second, [two.Person, two.Note])
  assert.deepEqual([await names(one.Person), await names(two.Person)], [['of first'], ['of second']])
  assert.equal(db.pool, second)
  assert.equal(db.dialect, 'sqlite')
})

test('TWI-002 two models of one name do not belong to one database, and to two they do', async () => {
  const [one, two] = [modelsOf(), modelsOf()]
  const error = await rejectionOf(async () => connect(first, [one.Person, two.Person]))
  assert.match(String(error), /two models of one database are called Person/)
  connect(first, [one.Person])
  connect(second, [two.Person])
  assert.ok(!((await one.Person.all().first()) instanceof two.Person))
})

test('TWI-004 SQO-025 SQO-026 to make a record takes no database; the first call that needs one rejects', async () => {
  const { Person } = modelsOf()
  const person = new Person({ name: 'none' })
  const works = [
    () => person.save(),
    () => Person.create({ name: 'x' }),
    () => Person.find(1),
    () => Person.all().count(),
    () => Person.insertMany([{ name: 'x' }]),
    () => Person.transaction(() => undefined),
    () => Person.findOrCreate({ name: 'x' }),
  ]
  for (const work of works) {
    const error = await rejectionOf(async () => await work())
    assert.ok(error instanceof InterfaceError)
    assert.equal(error.code, 'NO_DATABASE')
    assert.match(error.message, /^Person belongs to no database yet: connect\(pool, \[Person\]\) gives it one/)
  }
})

test('TWI-003 what is no model is refused, and then none is connected', async () => {
  const { Person } = modelsOf()
  for (const wrong of [{}, null, undefined, 'Person', class {}, Map]) {
    assert.throws(() => connect(first, [Person, wrong as never]), ModelError)
  }
  assert.throws(() => connect(first, Person as never), ModelError)
  await assert.rejects(Person.find(1), { code: 'NO_DATABASE' })
})

test('TWI-005 TWI-006 the way of writing SQL is that of the pool; one that nobody knows is refused by name', () => {
  const odd: Driver = { ...(sqlite as unknown as Driver), traits: { ...sqlite.traits, dialect: 'cobol' } }
  const pool = closedAtEnd(suite, new ConnectionPool(odd, { filename: ':memory:' }))
  assert.throws(() => connect(pool), /sqlite, postgres or mysql, not cobol/)
  const { Person } = modelsOf()
  connect(first, [Person])
  assert.throws(() => Person.on(pool), { code: 'NO_DATABASE' })
})

test('a model is given one database; another one takes { replace: true }', async () => {
  const { Person } = modelsOf()
  connect(first, [Person])
  connect(first, [Person])
  assert.throws(() => connect(second, [Person]), { code: 'CONNECTED', message: /Person\.on\(pool\)/ })
  assert.deepEqual(await names(Person), ['of first'])
  connect(second, [Person], { replace: true })
  assert.deepEqual(await names(Person), ['of second'])
})

test('a subclass has the database of its model, until it is given its own', async () => {
  const { Person } = modelsOf()
  class Guest extends Person {}
  connect(first, [Person])
  assert.deepEqual(await names(Guest), ['of first'])
  connect(second, [Guest])
  assert.deepEqual([await names(Guest), await names(Person)], [['of second'], ['of first']])
})

test('options that are wrong are refused, and what is no pool', () => {
  const { Person } = modelsOf()
  const wrong: readonly [object, RegExp][] = [
    [{ logs: () => undefined }, /connect has no option "logs"/],
    [{ log: 'stderr' }, /log must be a function, not a string/],
    [{ logValues: 1 }, /logValues must be true or false/],
    [{ replace: 'yes' }, /replace must be true or false/],
    [{ now: 5 }, /now must be a function/],
  ]
  for (const [options, message] of wrong) {
    assert.throws(() => connect(first, [Person], options), { code: 'INVALID_OPTION', message })
  }
  for (const pool of [null, undefined, {}, 'sqlite:x', { runQuery() {} }]) {
    assert.throws(() => connect(pool as never, [Person]), { code: 'NO_DATABASE' })
    assert.throws(() => Person.on(pool as never), { code: 'NO_DATABASE' })
  }
})

test('SQO-021 Model.on gives the same class on another database: each time the same, an instance of both', async () => {
  const { Person } = modelsOf()
  const db = connect(first, [Person])
  const Other = Person.on(second)
  assert.equal(Person.on(second), Other)
  assert.equal(Other.on(second), Other)
  assert.equal(Other.name, 'Person')
  assert.notEqual(Other, Person)
  const found = await Other.all().first()
  assert.ok(found instanceof Person && found instanceof Other)
  assert.equal(found.name, 'of second')
  await found.update({ age: 5 })
  assert.equal(await second.runQuery('SELECT age FROM people').then(([row]) => row?.age), 5)
  assert.deepEqual(await names(Person.on(first)), ['of first'])
  assert.deepEqual(await names(Person.on(db)), ['of first'])
  assert.deepEqual(await names(Other.on(db)), ['of first'])
  assert.ok(!found.equals(await Person.create({ name: 'other' })))
  await Person.where({ name: 'other' }).deleteAll()
})

test('SQO-021 what is related to a record of another database is looked for there', async () => {
  class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {
    posts = this.hasMany(() => Post)
  }
  class Post extends Model('posts', { id: c.integer().primaryKey(), title: c.text(), userId: c.integer('user_id') }) {
    user = this.belongsTo(() => User)
  }
  for (const [pool, title] of [[first, 'in first'] as const, [second, 'in second'] as const]) {
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
    await prepare(pool, 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)')
    await User.on(pool).create({ name: title })
    await Post.on(pool).create({ title, userId: 1 })
  }
  connect(first, [User, Post])
  for (const [pool, title] of [[first, 'in first'] as const, [second, 'in second'] as const]) {
    const [user] = await User.on(pool).all().include('posts')
    assert.deepEqual(
      user?.posts.value.map((post) => post.title),
      [title],
    )
    const post = user?.posts.value[0]
    assert.ok(post instanceof Post)
    assert.equal((await post.user.get())?.name, title)
  }
})

test('SQO-024 database.run gives models without a database one, for what it calls and for nobody else', async () => {
  const { Person, Note } = modelsOf()
  connect(first, [Note])
  const [one, two] = [connect(first), connect(second)]
  const both = await Promise.all([one.run(() => names(Person)), two.run(async () => names(Person))])
  assert.deepEqual(both, [['of first'], ['of second']])
  await assert.rejects(async () => names(Person), { code: 'NO_DATABASE' })
  await two.run(async () => {
    await Note.create({ text: 'its own database wins' })
    assert.deepEqual(await one.run(() => names(Person)), ['of first'])
    await Person.transaction(() => Person.where({ name: 'of second' }).updateAll({ age: 8 }))
  })
  assert.equal((await first.runQuery('SELECT * FROM notes')).length, 1)
})

test('TWI-007 values of dates are made by the platform, and stored by their column', async () => {
  const { Note } = modelsOf()
  connect(first, [Note])
  const createdAt = new Date(2000, 0, 1)
  const { id } = await Note.create({ createdAt })
  assert.deepEqual((await Note.find(id))?.createdAt, createdAt)
})
