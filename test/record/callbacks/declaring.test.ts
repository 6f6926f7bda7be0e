import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { column as c, Model, ModelError } from 'offloop/record'
import { tunedDatabases } from '../../databases.ts'
import { prepare } from '../tables.ts'
import { connected, newUser } from './fixtures.ts'

const [database] = tunedDatabases
assert.ok(database)

test('SQO-202 SQO-210 a callback is called until it is ended: by its function, after once, by a signal', async (t) => {
  const User = newUser()
  await connected(t, database, [User])
  const told: string[] = []
  const controller = new AbortController()
  const { signal } = controller
  const end = User.beforeSave(() => void told.push('until ended'))
  User.beforeSave(() => void told.push('once'), { once: true, signal })
  User.beforeSave(() => void told.push('until aborted'), { signal })
  assert.equal(getEventListeners(signal, 'abort').length, 2)
  globalThis.gc?.()
  await User.create({ name: 'a' })
  assert.deepEqual(told.splice(0), ['until ended', 'once', 'until aborted'])
  await User.create({ name: 'b' })
  assert.deepEqual(told.splice(0), ['until ended', 'until aborted'])
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  controller.abort()
  end()
  end()
  User.beforeSave(() => void told.push('never'), { signal })
  await User.create({ name: 'c' })
  assert.deepEqual(told, [])
})

test('SQO-211 callbacks are inherited, those declared later too; the subclass has its own after them', async (t) => {
  const User = newUser()
  class Admin extends User {}
  await connected(t, database, [User])
  const told: string[] = []
  User.beforeSave(() => void told.push('parent'))
  Admin.beforeSave(() => void told.push('child'))
  await Admin.create({ name: 'a' })
  assert.deepEqual(told.splice(0), ['parent', 'child'])
  User.beforeSave(() => void told.push('parent, later'))
  await Admin.create({ name: 'b' })
  assert.deepEqual(told.splice(0), ['parent', 'parent, later', 'child'])
  await User.create({ name: 'c' })
  assert.deepEqual(told, ['parent', 'parent, later'])
})

test('methods of a class are called after what was declared, and are inherited as methods are', async (t) => {
  const told: string[] = []
  class User extends newUser() {
    #secret = 'private'
    static {
      this.beforeSave((user) => void told.push(`declared ${user.shout()}`))
    }
    shout() {
      return this.name?.toUpperCase()
    }
    override beforeSave(action: string): unknown {
      told.push(`method ${this.#secret} ${action}`)
      return this.name !== 'nobody'
    }
    override async afterCommit(action: string) {
      await Promise.resolve()
      told.push(`committed ${action}`)
    }
  }
  class Admin extends User {
    override beforeSave(action: string) {
      told.push('admin')
      return super.beforeSave(action)
    }
  }
  await connected(t, database, [User])
  await User.create({ name: 'ann' })
  assert.deepEqual(told.splice(0), ['declared ANN', 'method private create', 'committed create'])
  await Admin.create({ name: 'bob' })
  assert.deepEqual(told.splice(0), ['declared BOB', 'admin', 'method private create', 'committed create'])
  assert.equal((await Admin.create({ name: 'nobody' })).isNew, true)
})

test('the record of a callback is typed as its class', () => {
  class User extends newUser() {
    shout() {
      return this.name?.toUpperCase()
    }
    static {
      this.afterSave((user, action) => [user.shout(), action === 'create'])
      this.afterCommit((user, action) => [user.shout(), action === 'delete'])
      // @ts-expect-error a save deletes nothing
      this.afterSave((_, action) => action === 'delete')
      // @ts-expect-error no such method
      this.beforeSave((user) => user.whisper())
    }
  }
  assert.equal(new User({ name: 'ann' }).shout(), 'ANN')
})

test('what cannot be a callback is refused where it is declared', () => {
  const User = newUser()
  // @ts-expect-error no function
  assert.throws(() => User.beforeSave('shout'), ModelError)
  // @ts-expect-error no boolean
  assert.throws(() => User.beforeSave(() => undefined, { once: 1 }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no signal
  assert.throws(() => User.beforeSave(() => undefined, { signal: 1 }), { code: 'INVALID_OPTION' })
  // @ts-expect-error no such option
  assert.throws(() => User.beforeSave(() => undefined, { priority: 1 }), { code: 'INVALID_OPTION' })
})

test('a column may have the name of a callback', async (t) => {
  class Log extends Model('logs', { id: c.integer().primaryKey(), afterSave: c.text() }) {}
  const pool = await connected(t, database, [Log])
  await prepare(pool, 'CREATE TABLE logs (id INTEGER PRIMARY KEY, afterSave TEXT)')
  await Log.create({ afterSave: 'x' })
  assert.deepEqual(await Log.all().pluck('afterSave'), ['x'])
})
