import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from 'offloop'
import { ValidationError } from 'offloop/record'
import { tunedDatabases } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { connected, newUser } from './fixtures.ts'

const [database] = tunedDatabases
assert.ok(database)

test('a failure in a callback names its line, one of the record the line that saved it', async (t) => {
  const User = newUser()
  const pool = await connected(t, database, [User])
  async function sendsNonsense(): Promise<void> {
    await pool.runOperation('INSERT INTO nowhere VALUES (1)')
  }
  async function saves(): Promise<unknown> {
    return await rejectionOf(() => new User({ name: 'ann' }).save())
  }
  const end = User.beforeSave(sendsNonsense)
  const missing = await saves()
  assert.ok(missing instanceof SqlError)
  assert.match(String(missing.stack), /sendsNonsense/)
  end()
  User.validate(sendsNonsense)
  assert.match(String(((await saves()) as SqlError).stack), /sendsNonsense/)
  User.clearValidations()
  User.afterValidation((user) => void user.errors.add(null, 'No.'))
  const invalid = await saves()
  assert.ok(invalid instanceof ValidationError)
  assert.match(String(invalid.stack), /at async (saves|rejectionOf)|errors\.test/)
})
