import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StaleRecordError } from 'offloop/record'
import { tunedDatabases } from '../../databases.ts'
import { connected, newUser } from '../callbacks/fixtures.ts'

test('D043 TWI-093 reloading a record whose row somebody else deleted says that it is gone, and changes nothing', async (t) => {
  const [database] = tunedDatabases
  assert.ok(database)
  const User = newUser()
  await connected(t, database, [User])
  const user = await User.create({ name: 'ann' })
  user.age = 3
  await User.all().deleteAll()
  await assert.rejects(user.reload(), StaleRecordError)
  assert.deepEqual([user.name, user.age, user.isDeleted], ['ann', 3, false])
})
