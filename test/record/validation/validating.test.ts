import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, connect, Model, RecordStateError } from 'offloop/record'
import { LEFT_OUT, SLOTS, type Stateful } from '../../../src/record/contract.ts'
import { connected, gate } from './fixtures.ts'

const TABLE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT, age INTEGER)'
const columns = {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name').nullable(),
  age: c.integer().nullable(),
}

function newUser() {
  return class User extends Model('users', columns) {}
}

test('TWI-052 a function adds to the errors of the record, at once or later; what it returns does not matter', async () => {
  const User = newUser()
  User.addValidator((user) => {
    user.errors.add('firstName', 'is odd.')
    return true
  })
  User.validate(async (user, errors) => {
    await Promise.resolve()
    assert.equal(errors, user.errors)
    errors.add(null, `Nothing is right with ${user.firstName?.length}.`)
    return false
  })
  const user = new User({ firstName: 'ann' })
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.fullMessages, ['First Name is odd.', 'Nothing is right with 3.'])
})

test('TWI-053 D037 a validation that throws rejects with that error, and nothing is written', async (t) => {
  for (const fail of [
    () => {
      throw mine
    },
    () => Promise.reject(mine),
  ]) {
    const User = newUser()
    const pool = await connected(t, [User], [TABLE])
    User.validatesPresenceOf('age')
    User.validate(fail)
    const user = new User({ firstName: 'ann' })
    for (const call of [() => user.isValid(), () => user.validate(), () => user.save(), () => user.trySave()]) {
      await assert.rejects(call(), (error) => error === mine)
      assert.deepEqual(user.errors.errorsFor('age'), ['cannot be blank.'], 'what the others found is there')
    }
    assert.equal(user.isNew, true)
    assert.deepEqual(await pool.runQuery('SELECT * FROM users'), [])
  }
})
const mine = new Error('mine')

test('TWI-054 all validations run though one failed; they start together, and all are awaited', async () => {
  const User = newUser()
  const told: string[] = []
  const [first, second] = [gate(), gate()]
  const failing = new Error('first')
  User.validate(async () => {
    told.push('first begins')
    await first.passed
    told.push('first ends')
    throw failing
  })
  User.validate(() => {
    throw new Error('second')
  })
  User.validate(async (user) => {
    told.push('third begins')
    first.open()
    await second.passed
    told.push('third ends')
    user.errors.add('age', 'is odd.')
  })
  User.validate(() => void setImmediate(() => second.open()))
  const user = new User()
  await assert.rejects(user.validate(), (error) => error === failing)
  assert.deepEqual(told, ['first begins', 'third begins', 'first ends', 'third ends'])
  assert.deepEqual(user.errors.fullMessages, ['Age is odd.'])
})

test('TWI-055 validate() resolves with the record, isValid() with true or false', async () => {
  const User = newUser()
  User.validatesPresenceOf('firstName')
  const user = new User()
  assert.equal(await user.validate(), user)
  assert.equal(await user.isValid(), false)
  user.firstName = 'ann'
  assert.equal(await user.validate(), user)
  assert.equal(await user.isValid(), true)
})

test('TWI-056 D038 each validation begins without errors', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  User.validatesPresenceOf('firstName')
  const user = new User()
  const { errors } = user
  await assert.rejects(user.save())
  assert.equal(errors.length, 1)
  user.firstName = 'ann'
  assert.equal(await user.isValid(), true)
  assert.equal(errors.length, 0)
  assert.equal(user.errors, errors)
  await user.save()
  user.errors.add(null, 'by hand')
  await user.save()
  assert.equal(errors.isEmpty(), true)
})

test('two validations of one record at once do not mix', async () => {
  const User = newUser()
  const gates = [gate(), gate()]
  let count = 0
  User.validate(async (user, errors) => {
    const mine = count++
    await gates[mine]?.passed
    errors.add(null, String(mine))
    assert.deepEqual(user.errors.errorsFor(null), [String(mine)])
  })
  const user = new User()
  const [slow, quick] = [user.validate(), user.validate()]
  gates[1]?.open()
  await quick
  assert.deepEqual(user.errors.fullMessages, ['1'])
  gates[0]?.open()
  await slow
  assert.deepEqual(user.errors.fullMessages, ['0'])
})

test('a validation that asks whether its own record is valid is refused', async () => {
  const User = newUser()
  User.validate(async (user) => void (await user.isValid()))
  await assert.rejects(new User().validate(), (error) => {
    assert.ok(error instanceof RecordStateError)
    assert.equal(error.code, 'VALIDATING')
    return true
  })
})

test('TWI-057 clearValidations() forgets all of the class', async () => {
  const User = newUser()
  User.validatesPresenceOf('firstName')
  User.validate(() => Promise.reject(mine))
  class Admin extends User {
    static {
      this.validatesPresenceOf('age')
    }
  }
  Admin.clearValidations()
  assert.equal(await new Admin().isValid(), true)
  User.validatesPresenceOf('age')
  const admin = new Admin()
  assert.equal(await admin.isValid(), false)
  assert.deepEqual(admin.errors.fullMessages, ['Age cannot be blank.'], 'what the parent is told later counts')
  await assert.rejects(new User().isValid(), (error) => error === mine, 'the parent kept its own')
  User.clearValidations()
  assert.equal(await new User().isValid(), true)
  assert.equal(await new Admin().isValid(), true)
})

test('TWI-058 a subclass has what its parent has, also what that is told later, and its own', async () => {
  const User = newUser()
  User.validatesPresenceOf('firstName')
  class Admin extends User {
    static {
      this.validatesPresenceOf('age')
    }
  }
  const [user, admin] = [new User(), new Admin()]
  await Promise.all([user.validate(), admin.validate()])
  assert.deepEqual(user.errors.fullMessages, ['First Name cannot be blank.'])
  assert.deepEqual(admin.errors.fullMessages, ['First Name cannot be blank.', 'Age cannot be blank.'])
  User.validate((one) => void one.errors.add(null, 'Later.'))
  await Promise.all([user.validate(), admin.validate()])
  assert.deepEqual(user.errors.fullMessages, ['First Name cannot be blank.', 'Later.'])
  assert.deepEqual(admin.errors.fullMessages, ['First Name cannot be blank.', 'Later.', 'Age cannot be blank.'])
})

test('the record of a validation is typed as its class', () => {
  class User extends Model('users', columns) {
    shout() {
      return this.firstName?.toUpperCase()
    }
    static {
      this.validate((user) => void user.shout())
      this.validatesPresenceOf('age', { if: (user) => user.shout() === 'ANN', message: ({ rule }) => rule })
      // @ts-expect-error no such method
      this.validate((user) => void user.whisper())
      // @ts-expect-error no such method
      this.validatesPresenceOf('age', { if: (user) => user.whisper() })
    }
  }
  assert.equal(new User({ firstName: 'ann' }).shout(), 'ANN')
})

test('attributes that were not read are not validated: they are not written', async (t) => {
  const User = newUser()
  await connected(t, [User], [TABLE])
  await User.create({ firstName: 'ann' })
  User.validatesPresenceOf('firstName', 'age')
  User.validatesUniquenessOf('firstName')
  const user = await User.find(1)
  assert.ok(user)
  ;(user as unknown as Stateful)[SLOTS][1] = LEFT_OUT
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.fullMessages, ['Age cannot be blank.'])
})

test("messages of one's own: by rule, by class, by database, for parents first asked last", async (t) => {
  const User = newUser()
  class Admin extends User {}
  const pool = await connected(t, [], [TABLE])
  const database = connect(pool, [User])
  User.validatesPresenceOf('firstName')
  User.validatesLengthOf('firstName', {
    min: 2,
    message: ({ options, attribute, model }) => `${model} ${attribute} ${options.min}`,
  })
  database.setMessages({
    text: ({ rule }) => (rule === 'presence' ? 'muss ausgefüllt sein' : undefined),
    label: (attribute) => (attribute === 'firstName' ? 'Vorname' : undefined),
    sentence: (label, text) => `${label}: ${text}`,
  })
  const german = new User()
  await german.validate()
  assert.deepEqual(german.errors.fullMessages, ['Vorname: muss ausgefüllt sein', 'Vorname: User firstName 2'])
  Admin.setMessages({ text: ({ text, model }) => `[${model}] ${text}`, label: () => 'Chef' })
  const admin = new Admin()
  await admin.validate()
  assert.deepEqual(admin.errors.fullMessages, ['Chef: [Admin] cannot be blank.', 'Chef: Admin firstName 2'])
  // @ts-expect-error no function
  assert.throws(() => User.setMessages({ text: 'x' }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no such part
  assert.throws(() => User.setMessages({ texts: () => 'x' }), { code: 'INVALID_OPTION' })
})
