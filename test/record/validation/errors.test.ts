import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { column as c, Model, ModelError } from 'offloop/record'
import { humanize } from '../../../src/record/validation/humanize.ts'

class User extends Model('users', { id: c.integer().primaryKey(), firstName: c.text('first_name') }) {}

test('TWI-059 names are humanised in messages, and a trailing id is dropped', () => {
  const names: Record<string, string> = {
    first_name: 'First Name',
    firstName: 'First Name',
    user_id: 'User',
    userId: 'User',
    id: 'Id',
    _id: 'Id',
    Id: 'Id',
    paid: 'Paid',
    URLPath: 'URL Path',
    line2: 'Line2',
    straße: 'Straße',
    'élan vital': 'Élan Vital',
    '': '',
    __: '__',
  }
  for (const [name, human] of Object.entries(names)) {
    assert.equal(humanize(name), human, name)
  }
  const { errors } = new User()
  errors.add('first_name', 'cannot be blank.')
  assert.equal(String(errors), 'First Name cannot be blank.')
})

test('TWI-060 the same message for a name is stored once', () => {
  const { errors } = new User()
  errors.add('firstName', 'is odd.').add('firstName', 'is odd.').add('id', 'is odd.')
  assert.equal(errors.length, 2)
  assert.deepEqual(errors.errorsFor('firstName'), ['is odd.'])
})

test('TWI-061 errors are listed by name, counted, iterated, written as text and as JSON', () => {
  const { errors } = new User()
  assert.equal(String(errors), 'No errors.')
  assert.equal(errors.isEmpty(), true)
  assert.equal(errors.length, 0)
  assert.deepEqual(errors.errorsFor('firstName'), [])
  errors.add('firstName', 'is odd.').add('firstName', 'is long.').add('userId', 'is unknown.')
  assert.equal(errors.isEmpty(), false)
  assert.equal(errors.length, 3)
  assert.deepEqual(errors.errorsFor('firstName'), ['is odd.', 'is long.'])
  assert.deepEqual(errors.fullMessages, ['First Name is odd.', 'First Name is long.', 'User is unknown.'])
  assert.equal(`${errors}`, 'First Name is odd.  First Name is long.  User is unknown.')
  assert.deepEqual(
    [...errors].map(({ attribute, message }) => [attribute, message]),
    [
      ['firstName', 'is odd.'],
      ['firstName', 'is long.'],
      ['userId', 'is unknown.'],
    ],
  )
  assert.equal(JSON.stringify(errors), '{"firstName":["is odd.","is long."],"userId":["is unknown."]}')
  errors.clear()
  assert.equal(errors.isEmpty(), true)
})

test('TWI-062 errors of what is no column, and of the record as a whole', () => {
  const { errors } = new User()
  errors.add('captcha', 'is wrong.').add(null, 'This is not for you.')
  assert.deepEqual(errors.errorsFor(null), ['This is not for you.'])
  assert.deepEqual(errors.fullMessages, ['Captcha is wrong.', 'This is not for you.'])
  assert.equal(JSON.stringify(errors), '{"captcha":["is wrong."],"":["This is not for you."]}')
})

test('a list of errors that was given is not the list itself', () => {
  const { errors } = new User()
  errors.add('firstName', 'is odd.')
  const given = errors.errorsFor('firstName') as string[]
  given.push('is mine.')
  assert.deepEqual(errors.errorsFor('firstName'), ['is odd.'])
})

test('an error is a text for a name, or it is refused', () => {
  const { errors } = new User()
  // @ts-expect-error no text
  assert.throws(() => errors.add('firstName', 3), ModelError)
  // @ts-expect-error no name
  assert.throws(() => errors.add(undefined, 'is odd.'), { code: 'INVALID_VALIDATION' })
  assert.equal(errors.isEmpty(), true)
})

test('errors of any names and messages are what they were told, each once', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'), fc.constant(null))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string())), (told) => {
      const { errors } = new User()
      for (const [of, message] of told) errors.add(of, message)
      const distinct = new Set(told.map((one) => JSON.stringify(one)))
      assert.equal(errors.length, distinct.size)
      assert.equal(errors.isEmpty(), told.length === 0)
      assert.deepEqual(new Set(Array.from(errors, (one) => JSON.stringify([one.attribute, one.message]))), distinct)
      for (const [of, message] of told) assert.ok(errors.errorsFor(of).includes(message))
      const json = JSON.parse(JSON.stringify(errors)) as Record<string, string[]>
      for (const [of, message] of told) {
        if (of !== '__proto__') assert.ok(json[of ?? '']?.includes(message))
      }
      assert.equal(String(errors), told.length === 0 ? 'No errors.' : errors.fullMessages.join('  '))
    }),
  )
})
