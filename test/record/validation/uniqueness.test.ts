import assert from 'node:assert/strict'
import { it, test } from 'node:test'
import { IntegrityError } from 'offloop'
import { column as c, connect, Model, ValidationError } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { prepare } from '../tables.ts'
import { connected, gate } from './fixtures.ts'

const TABLE = `CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT, email TEXT, account INTEGER)`
const columns = {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name').nullable(),
  email: c.text().nullable(),
  account: c.integer().nullable(),
}

function newUser() {
  return class User extends Model('users', columns) {}
}

test('TWI-050 a value that another row has is not unique; the own row and null do not count', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.validatesUniquenessOf('firstName', 'email')
  const ann = await User.create({ firstName: 'ann', email: null })
  await ann.save()
  await ann.update({ account: 3 })
  assert.equal(await ann.isValid(), true)
  await User.create({ firstName: null, email: null })
  const other = new User({ firstName: 'ann', email: 'b@x' })
  assert.equal(await other.isValid(), false)
  assert.deepEqual(other.errors.fullMessages, ['First Name is not unique.'])
  other.firstName = 'Ann'
  await other.save()
  other.firstName = 'ann'
  assert.equal(await other.trySave(), false)
})

test('TWI-050 scope: unique among rows that are the same in other attributes', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.validatesUniquenessOf('firstName', { scope: ['account', 'email'] })
  await User.create({ firstName: 'ann', account: 1 })
  assert.equal(await new User({ firstName: 'ann', account: 2 }).isValid(), true)
  assert.equal(await new User({ firstName: 'ann', account: 1, email: 'a' }).isValid(), true)
  assert.equal(await new User({ firstName: 'ann', account: 1 }).isValid(), false)
  // @ts-expect-error no such attribute
  User.validatesUniquenessOf('firstName', { scope: 'acount' })
  await assert.rejects(new User({ firstName: 'ann' }).isValid(), { code: 'UNKNOWN_ATTRIBUTE' })
  assert.throws(() => User.validatesUniquenessOf('firstName', { scope: 3 as never }), { code: 'INVALID_OPTION' })
})

test('TWI-050 caseSensitive: false', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.validatesUniquenessOf('email', { caseSensitive: false, message: 'is taken.' })
  await User.create({ email: 'Ann@X.org' })
  const other = new User({ email: 'aNN@x.ORG' })
  assert.equal(await other.isValid(), false)
  assert.deepEqual(other.errors.fullMessages, ['Email is taken.'])
  assert.equal(await new User({ email: 'ann%' }).isValid(), true)
})

test('rows of subclasses count for a rule of the parent', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  class Admin extends User {}
  User.validatesUniquenessOf('email')
  await User.create({ email: 'a' })
  assert.equal(await new Admin({ email: 'a' }).isValid(), false)
})

test('TWI-051 D040 a database failure while it is asked rejects with that failure', async (t) => {
  const User = newUser()
  await connected(t, [User], ['CREATE TABLE others (id INTEGER)'])
  User.validatesUniquenessOf('email')
  const user = new User({ email: 'a' })
  await assert.rejects(user.isValid(), { kind: 'missing' })
  await assert.rejects(user.save(), { kind: 'missing' })
  assert.equal(user.errors.isEmpty(), true)
})

onTunedAndServers((database, suite) => {
  it('TWI-050 D042 a value that somebody else takes between the question and the write is the same error', async () => {
    const User = newUser()
    const pool = openPool(suite, database)
    await prepare(pool, TABLE)
    await pool.runOperation('CREATE UNIQUE INDEX emails ON users (email, account)')
    // MariaDB has no indexes of expressions.
    const indexed = { mariadb: 'first_name', mysql: '(lower(first_name))' }[database.name] ?? 'lower(first_name)'
    await pool.runOperation(`CREATE UNIQUE INDEX names ON users (${indexed})`)
    const [asked, written] = [gate(), gate()]
    connect(pool, [User], { log: () => asked.open() })
    User.validatesUniquenessOf('email', { scope: 'account', message: 'is taken.' })
    User.validate(() => written.passed)
    const user = new User({ email: 'a', account: 1 })
    const saving = user.save()
    await asked.passed
    await pool.runOperation("INSERT INTO users (email, account, first_name) VALUES ('a', 1, 'Ann')")
    written.open()
    await assert.rejects(saving, (error) => {
      assert.ok(error instanceof ValidationError)
      assert.equal(error.message, 'User is not valid: Email is taken.')
      assert.ok(error.cause instanceof IntegrityError)
      return true
    })
    assert.equal(user.isNew, true)
    assert.deepEqual(user.errors.fullMessages, ['Email is taken.'])
    // What no rule is about stays the error of the database.
    await assert.rejects(User.create({ firstName: database.name === 'mariadb' ? 'Ann' : 'ANN' }), (error) => {
      assert.ok(error instanceof IntegrityError)
      assert.equal(error.kind, 'unique')
      return true
    })
    User.validatesUniquenessOf('firstName', { caseSensitive: false, on: 'create' })
    assert.equal(await new User({ firstName: 'aNN' }).trySave(), false)
  })
})

test('TWI-050 a violation of an index that does not tell its columns is asked for anew', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  await pool.runOperation('CREATE UNIQUE INDEX names ON users (lower(first_name))')
  User.validatesUniquenessOf('firstName', { caseSensitive: false })
  let quicker = true
  User.beforeSave(async () => {
    if (quicker) await pool.runOperation("INSERT INTO users (first_name) VALUES ('Ann')")
    quicker = false
  })
  const user = new User({ firstName: 'ann' })
  assert.equal(await user.trySave(), false)
  assert.deepEqual(user.errors.fullMessages, ['First Name is not unique.'])
  assert.equal(await User.all().count(), 0, 'what the callback wrote is undone')
})

test('a violation is the error of the database where nothing was validated', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  await pool.runOperation('CREATE UNIQUE INDEX emails ON users (email)')
  User.validatesUniquenessOf('email')
  await User.create({ email: 'a' })
  await assert.rejects(new User({ email: 'a' }).save({ validate: false }), { kind: 'unique' })
})

test("a value that the column does not take is no row's value: saving says what is wrong with it", async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.validatesUniquenessOf('email')
  const user = new User({ email: 3 as never })
  assert.equal(await user.isValid(), true)
  await assert.rejects(user.save(), { code: 'ATTRIBUTE_VALUE' })
})

test('what is asked of the database is the attribute, whatever the class makes of its name', async (t) => {
  class Log extends Model('logs', { id: c.integer().primaryKey(), changes: c.text(), name: c.text().nullable() }) {
    static {
      this.validatesUniquenessOf('changes', 'name')
    }
    override get name() {
      return 'always the same'
    }
  }
  await connected(t, [Log], ['CREATE TABLE logs (id INTEGER PRIMARY KEY, changes TEXT, name TEXT)'])
  await Log.create({ changes: 'a' })
  assert.equal(await new Log({ changes: 'b' }).trySave(), true)
  const other = new Log({ changes: 'a' })
  assert.equal(await other.trySave(), false)
  assert.deepEqual(other.errors.fullMessages, ['Changes is not unique.'])
})
