import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Model, ValidationError } from 'offloop/record'
import { connected } from './fixtures.ts'

interface Row {
  id: number
  first_name: string | null
  age: number | null
}

test('models without declared columns are validated, and have callbacks, once their columns are read', async (t) => {
  class User extends Model<Row>('users') {
    static {
      this.validatesPresenceOf('first_name')
      this.validatesUniquenessOf('first_name', { scope: 'age' })
      this.validatesNumericalityOf('age', { integer: true, allowNull: true })
      this.beforeCreate((user) => {
        user.age ??= 18
      })
      // @ts-expect-error no such column
      this.validatesPresenceOf('last_name', { if: () => false })
    }
  }
  await connected(t, [User], ['CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT, age INTEGER)'])
  const user = new User()
  assert.equal(await user.isValid(), false)
  assert.deepEqual(user.errors.fullMessages, ['First Name cannot be blank.'])
  await assert.rejects(user.save(), ValidationError)
  user.first_name = 'ann'
  await user.save()
  assert.equal((await User.find(user.id))?.age, 18)
  assert.equal(await new User({ first_name: 'ann', age: 18 }).trySave(), false)
  assert.equal(await new User({ first_name: 'ann' }).trySave(), true)
})
