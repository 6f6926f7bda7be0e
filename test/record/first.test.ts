import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, connect, gte, like, Model } from 'offloop/record'

class User extends Model('users', {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name'),
  age: c.integer().nullable(),
  role: c.enum(['admin', 'guest']).databaseDefault("'guest'"),
  joined: c.datetime().nullable(),
  data: c.json<{ a: number[] }>().nullable(),
}) {
  get shout() {
    return this.firstName.toUpperCase()
  }
}

it('works', async () => {
  const pool = new ConnectionPool('sqlite::memory:')
  await pool.runOperation(
    "CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, age INTEGER, role TEXT DEFAULT 'guest', joined TEXT, data TEXT)",
  )
  connect(pool, [User])
  const ann = await User.create({ firstName: 'ann', age: 3, data: { a: [1] } })
  assert.equal(ann.id, 1)
  assert.equal(ann.role, 'guest')
  assert.equal(ann.shout, 'ANN')
  ann.age = 5
  ann.data?.a.push(2)
  assert.deepEqual({ ...ann.changes }, { age: [3, 5], data: [{ a: [1] }, { a: [1, 2] }] })
  await ann.save()
  const [again] = await User.where({ age: gte(4), firstName: like('a%'), role: ['admin', 'guest'] }).orderBy('-age')
  assert.equal(again?.id, 1)
  assert.deepEqual(again?.data, { a: [1, 2] })
  assert.equal(await User.all().count(), 1)
  assert.deepEqual(await User.all().pluck('firstName'), ['ann'])
  assert.equal((await User.find(1))?.firstName, 'ann')
  await ann.delete()
  assert.equal(await User.find(1), null)
  await pool.close()
})
