import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model, type StandardSchema, ValidationError } from 'offloop/record'
import { connected } from './fixtures.ts'

const TABLE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER, tags TEXT)'

function newUser() {
  return class User extends Model('users', {
    id: c.integer().primaryKey(),
    email: c.text(),
    age: c.integer().nullable(),
    tags: c.json<string[]>().nullable(),
  }) {}
}

type Issue = { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }

/** A schema as libraries make them. */
function schema(issuesOf: (value: unknown) => Issue[] | Promise<Issue[]>): StandardSchema {
  const answer = (issues: Issue[], value: unknown) => (issues.length > 0 ? { issues } : { value })
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const issues = issuesOf(value)
        return issues instanceof Promise ? issues.then((found) => answer(found, value)) : answer(issues, value)
      },
    },
  }
}

test('SQO-081 a Standard Schema says what is wrong with one attribute', async () => {
  const User = newUser()
  User.validatesSchema(
    'email',
    schema((value) => (String(value).includes('@') ? [] : [{ message: 'is no address' }])),
  )
  const user = new User({ email: 'ann' })
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.errorsFor('email'), ['is no address'])
  user.email = 'ann@x'
  assert.equal(await user.isValid(), true)
})

test('SQO-081 a Standard Schema says what is wrong with a record: where, and what; asynchronous ones too', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  const seen: unknown[] = []
  User.validatesSchema(
    schema(async (value) => {
      seen.push(value)
      return [
        { message: 'is short', path: ['email'] },
        { message: 'is odd', path: [{ key: 'tags' }, 0] },
        { message: 'Nothing fits.' },
        { message: 'Nothing fits at all.', path: [] },
      ]
    }),
    { unless: (user) => user.age === 1 },
  )
  const user = new User({ email: 'a', age: null })
  await assert.rejects(user.save(), ValidationError)
  assert.deepEqual(seen, [{ email: 'a', age: null }], 'what was never given is missing')
  assert.deepEqual(
    { ...user.errors.toJSON() },
    {
      email: ['is short'],
      tags: ['0: is odd'],
      '': ['Nothing fits.', 'Nothing fits at all.'],
    },
  )
  user.age = 1
  await user.save()
})

test('a schema that throws, or is none', async () => {
  const User = newUser()
  const mine = new Error('mine')
  User.validatesSchema(schema(() => Promise.reject(mine)))
  await assert.rejects(new User().isValid(), (error) => error === mine)
  // @ts-expect-error no schema
  assert.throws(() => User.validatesSchema({}), { code: 'INVALID_VALIDATION' })
  // @ts-expect-error no schema
  assert.throws(() => User.validatesSchema('email'), { code: 'INVALID_VALIDATION' })
})

test('SQO-082 what columns are declared to take is executed: told with the rest, or thrown when it is written', async (t) => {
  const User = newUser()
  const pool = await connected(t, [User], [TABLE])
  await assert.rejects(new User({ email: 3 as never }).save(), { code: 'ATTRIBUTE_VALUE' })
  User.validatesColumns()
  const user = new User({ email: 3 as never, age: 1.5 })
  await assert.rejects(user.save(), ValidationError)
  assert.deepEqual(
    { ...user.errors.toJSON() },
    {
      email: ['must be a string, not a number.'],
      age: ['must be a whole number, not this number.'],
    },
  )
  user.assign({ email: null as never, age: 1 })
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.fullMessages, ['Email cannot be null.'])
  user.email = 'a'
  await user.save()
  assert.equal((await pool.runQuery('SELECT * FROM users')).length, 1)
})

test('SQO-082 columns by name, with options', async () => {
  const User = newUser()
  User.validatesColumns('age', { message: 'does not fit.' })
  const user = new User({ email: 3 as never, age: 'x' as never })
  assert.equal(await user.isValid(), false)
  assert.deepEqual({ ...user.errors.toJSON() }, { age: ['does not fit.'] })
  // @ts-expect-error no such attribute
  User.validatesColumns('nope')
  await assert.rejects(user.isValid(), { code: 'UNKNOWN_ATTRIBUTE' })
  // @ts-expect-error no name
  assert.throws(() => User.validatesColumns(3, {}), { code: 'INVALID_VALIDATION' })
})
