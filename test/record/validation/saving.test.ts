import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { DataError } from 'offloop'
import { column as c, Model, ValidationError } from 'offloop/record'
import { connected } from './fixtures.ts'

const TABLE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT, password TEXT)'

function newUser() {
  class User extends Model('users', {
    id: c.integer().primaryKey(),
    firstName: c.text('first_name').nullable(),
    password: c.text().nullable(),
  }) {}
  User.validatesPresenceOf('firstName')
  return User
}

test('TWI-028 TWI-029 an invalid record is not written, save rejects with what is wrong, and its errors tell', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  const user = new User({ password: 'geheim' })
  await assert.rejects(user.save(), (error) => {
    assert.ok(error instanceof ValidationError)
    assert.ok(error instanceof DataError)
    assert.equal(error.record, user)
    assert.equal(error.kind, 'validation')
    assert.equal(error.code, 'INVALID_RECORD')
    assert.equal(error.message, 'User is not valid: First Name cannot be blank.')
    assert.deepEqual(error.errors.errorsFor('firstName'), ['cannot be blank.'])
    return true
  })
  assert.equal(user.isNew, true)
  assert.equal(user.id, null)
  assert.deepEqual(user.errors.fullMessages, ['First Name cannot be blank.'])
  assert.deepEqual(await pool.runQuery('SELECT * FROM users'), [])
  user.firstName = 'ann'
  assert.equal(await user.save(), user)
  user.firstName = ''
  await assert.rejects(user.save(), ValidationError)
  await assert.rejects(user.update({ firstName: null }), ValidationError)
  await assert.rejects(User.create({ firstName: '' }), ValidationError)
  assert.deepEqual(await pool.runQuery('SELECT first_name FROM users'), [{ first_name: 'ann' }])
  assert.deepEqual({ ...user.changes }, { firstName: ['ann', null] }, 'what was to be written is still there')
})

test('TWI-028 trySave tells by true and false whether the record was written', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  const user = new User()
  assert.equal(await user.trySave(), false)
  assert.equal(user.isNew, true)
  user.firstName = 'ann'
  assert.equal(await user.trySave(), true)
  assert.equal(user.isNew, false)
  await user.delete()
  await assert.rejects(user.trySave(), { code: 'RECORD_DELETED' })
})

test('an error of validation never tells values', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  const error: unknown = await new User({ password: 'geheim' }).save().catch((caught: unknown) => caught)
  assert.ok(error instanceof ValidationError)
  for (const shown of [String(error), inspect(error, { depth: 9, showHidden: false }), JSON.stringify(error)]) {
    assert.doesNotMatch(shown, /geheim/)
    assert.match(shown, /cannot be blank/)
  }
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    name: 'ValidationError',
    code: 'INVALID_RECORD',
    message: 'User is not valid: First Name cannot be blank.',
    errors: { firstName: ['cannot be blank.'] },
  })
})

test('the errors of a rejection stay as they were, whatever becomes of the record', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  const user = new User()
  const error = (await user.save().catch((caught: unknown) => caught)) as ValidationError
  user.firstName = 'ann'
  await user.save()
  assert.equal(user.errors.isEmpty(), true)
  assert.equal(error.errors.length, 1)
})

test('save({ validate: false }) writes what is not valid, and asks nobody', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  User.validate(() => assert.fail('asked'))
  await new User().save({ validate: false })
  assert.equal(await new User().trySave({ validate: false }), true)
  assert.equal((await pool.runQuery('SELECT * FROM users')).length, 2)
  const user = new User()
  // @ts-expect-error no such option
  await assert.rejects(user.save({ validates: false }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no boolean
  await assert.rejects(user.save({ validate: 0 }), { code: 'INVALID_OPTION' })
})

test('a record that is not valid in a transaction leaves the rest of it alone', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  await pool.runInteraction(async () => {
    await User.create({ firstName: 'ann' })
    assert.equal(await new User().trySave(), false)
    await User.create({ firstName: 'bob' })
  })
  assert.equal(await User.all().count(), 2)
  await assert.rejects(
    pool.runInteraction(async () => {
      await User.create({ firstName: 'eve' })
      await new User().save()
    }),
    ValidationError,
  )
  assert.equal(await User.all().count(), 2)
})

test('trySave rejects when another record is not valid', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.beforeSave(async (user) => {
    if (user.firstName === 'ann') await User.create({ firstName: '' })
  })
  await assert.rejects(new User({ firstName: 'ann' }).trySave(), ValidationError)
})
