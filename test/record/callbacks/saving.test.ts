import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ValidationError } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { connected, newUser, transactionsOf } from './fixtures.ts'

const SAVING = [
  'beforeValidation',
  'afterValidation',
  'beforeCreate',
  'beforeUpdate',
  'beforeSave',
  'afterCreate',
  'afterUpdate',
  'afterSave',
  'afterCommit',
  'afterRollback',
] as const

/** It reads back what it filled in, by a statement more. */
const NO_RETURNING = 'MySQL has no RETURNING'

const BEFORE = ['beforeValidation', 'beforeCreate', 'beforeSave'] as const
const WITHIN = [...BEFORE, 'afterValidation', 'afterCreate', 'afterSave'] as const

onTunedAndServers((database) => {
  it('TWI-039 TWI-043 SQO-203 SQO-204 the order of a save: validations, before, the statement, after, the commit', async (t) => {
    if (database.name === 'mysql') return t.skip(NO_RETURNING)
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User], (verb) => told.push(verb))
    for (const moment of SAVING) {
      const callback = (_: object, action?: string) => void told.push(action ? `${moment} ${action}` : moment)
      User[moment](async (...given: [object, string?]) => {
        await new Promise((resolve) => setImmediate(resolve))
        callback(...given)
      })
    }
    User.validate(() => void told.push('validation'))
    const user = await User.create({ name: 'ann' })
    assert.deepEqual(told.splice(0), [
      'beforeValidation create',
      'validation',
      'afterValidation create',
      'beforeCreate create',
      'beforeSave create',
      'insert',
      'afterCreate create',
      'afterSave create',
      'afterCommit create',
    ])
    await user.update({ name: 'bob' })
    assert.deepEqual(told.splice(0), [
      'beforeValidation update',
      'validation',
      'afterValidation update',
      'beforeUpdate update',
      'beforeSave update',
      'update',
      'afterUpdate update',
      'afterSave update',
      'afterCommit update',
    ])
    await user.save()
    assert.equal(told.includes('update'), false, 'nothing changed, so nothing was sent')
    assert.equal(told.at(-1), 'afterCommit update')
  })

  for (const moment of BEFORE) {
    it(`TWI-040 ${moment} that gives exactly false stops the save, and what callbacks wrote is undone`, async (t) => {
      const User = newUser()
      const pool = await connected(t, database, [User])
      User.validatesPresenceOf('name')
      let answer: unknown
      for (const given of [null, undefined, 0, '', 'false', Promise.resolve(true)]) {
        const end = User[moment](() => given)
        assert.equal((await User.create({ name: `given ${given}` })).isNew, false)
        end()
      }
      await User.all().deleteAll()
      User[moment](async () => {
        await pool.runOperation("INSERT INTO users (name) VALUES ('written by the callback')")
      })
      User[moment](() => answer)
      for (answer of [false, Promise.resolve(false)]) {
        const user = new User({ name: 'ann' })
        assert.equal(await user.save(), user)
        assert.equal(user.isNew, true)
        assert.equal(user.id, null)
        assert.equal(await user.trySave(), false)
        assert.deepEqual(await pool.runQuery('SELECT * FROM users'), [])
      }
      answer = true
      const user = new User({ name: 'ann' })
      assert.equal(await user.trySave(), true)
    })
  }

  it('TWI-040 an update that is stopped leaves the change unsaved; false from an after-callback means nothing', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    const user = await User.create({ name: 'ann' })
    User.afterSave(() => false)
    User.afterUpdate(() => false)
    await user.update({ name: 'bob' })
    assert.equal((await User.find(1))?.name, 'bob')
    User.beforeUpdate((one) => one.name !== 'eve')
    assert.equal(await user.update({ name: 'eve' }), user)
    assert.deepEqual({ ...user.changes }, { name: ['bob', 'eve'] })
    assert.equal((await User.find(1))?.name, 'bob')
  })

  for (const moment of WITHIN) {
    it(`TWI-041 SQO-209 ${moment} that throws rejects with that error, and nothing is written`, async (t) => {
      const User = newUser()
      const pool = await connected(t, database, [User])
      const mine = new Error('mine')
      let rolledBack = 0
      User.beforeSave(async () => void (await pool.runOperation("INSERT INTO users (name) VALUES ('x')")))
      const end = User[moment](() => Promise.reject(mine))
      User.afterCommit(() => assert.fail('it was not committed'))
      const endOfRollback = User.afterRollback(() => void rolledBack++)
      const user = new User({ name: 'ann' })
      await assert.rejects(user.save(), (error) => error === mine)
      await assert.rejects(user.trySave(), (error) => error === mine)
      assert.equal(user.isNew, true)
      assert.equal(user.id, null)
      assert.deepEqual({ ...user.changes }, { name: [null, 'ann'] })
      assert.deepEqual(await pool.runQuery('SELECT * FROM users'), [])
      assert.equal(rolledBack, moment.startsWith('after') && moment !== 'afterValidation' ? 2 : 0)
      end()
      endOfRollback()
      User.clearValidations()
      await user.save({ skipCallbacks: true })
      assert.equal(user.isNew, false)
    })
  }

  it('TWI-042 SQO-206 callbacks change attributes, which are written in the same statement and not validated anew', async (t) => {
    if (database.name === 'mysql') return t.skip(NO_RETURNING)
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User], (verb) => told.push(verb))
    User.validatesLengthOf('name', { max: 3 })
    User.beforeValidation((user) => {
      user.name = user.name?.trim() ?? null
    })
    User.beforeCreate((user) => {
      user.age = 1
    })
    User.beforeSave(async (user) => {
      await Promise.resolve()
      user.name = `${user.name}, changed`
    })
    User.beforeUpdate((user) => {
      user.age = (user.age ?? 0) + 1
    })
    const user = await User.create({ name: '  ann  ' })
    assert.deepEqual(told, ['insert'])
    const found = await User.find(user.id)
    assert.deepEqual([found?.name, found?.age], ['ann, changed', 1])
    await user.update({ name: 'bob' })
    assert.deepEqual(told, ['insert', 'select', 'update'])
    const again = await User.find(user.id)
    assert.deepEqual([again?.name, again?.age], ['bob, changed', 2])
  })

  it('SQO-207 a callback that gives an attribute its old value keeps it from being written', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    const user = await User.create({ name: 'ann', age: 1 })
    User.beforeSave((one) => {
      one.restore('name')
    })
    await user.update({ name: 'bob', age: 2 })
    const found = await User.find(user.id)
    assert.deepEqual([found?.name, found?.age], ['ann', 2])
  })

  it('SQO-208 after a write that failed callbacks are called as before', async (t) => {
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User])
    await User.create({ name: 'taken' })
    const user = await User.create({ name: 'ann' })
    User.beforeUpdate((one) => void told.push(String(one.name)))
    await assert.rejects(user.update({ name: 'taken' }), { kind: 'unique' })
    await user.update({ name: 'bob' })
    assert.deepEqual(told, ['taken', 'bob'])
    assert.equal((await User.find(user.id))?.name, 'bob')
  })

  it('a save without callbacks is one statement and no transaction, one with callbacks one transaction', async (t) => {
    if (database.name === 'mysql') return t.skip(NO_RETURNING)
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User], (verb) => told.push(verb))
    User.validatesPresenceOf('name')
    User.afterInit(() => undefined)
    const plain = await transactionsOf(async () => {
      const user = await User.create({ name: 'ann' })
      await user.update({ name: 'bob' })
      await user.delete()
    })
    assert.equal(plain, 0)
    assert.deepEqual(told.splice(0), ['insert', 'update', 'delete'])
    User.beforeSave(() => undefined)
    User.afterSave(() => undefined)
    const around = await transactionsOf(async () => {
      const user = await User.create({ name: 'ann' })
      await user.delete()
    })
    assert.equal(around, 1, 'the delete has no callbacks')
    assert.deepEqual(told.splice(0), ['insert', 'delete'])
    assert.equal(await transactionsOf(() => User.create({ name: 'eve' }, { skipCallbacks: true })), 0)
    assert.equal(await transactionsOf(() => assert.rejects(User.create({ name: '' }), ValidationError)), 0)
  })

  it('afterCommit and afterRollback follow the transaction around', async (t) => {
    const User = newUser()
    const told: string[] = []
    const pool = await connected(t, database, [User])
    User.afterCommit((user, action) => void told.push(`committed ${user.name} ${action}`))
    User.afterRollback((user, action) => void told.push(`rolled back ${user.name} ${action}, new: ${user.isNew}`))
    await pool.runInteraction(async () => {
      const ann = await User.create({ name: 'ann' })
      await ann.update({ age: 3 })
      await assert.rejects(
        pool.runInteraction(async () => {
          await User.create({ name: 'bob' })
          throw new Error('inner')
        }),
      )
      await ann.delete()
      assert.deepEqual(told, [])
    })
    assert.deepEqual(told.splice(0).sort(), [
      'committed ann create',
      'committed ann delete',
      'committed ann update',
      'rolled back bob create, new: true',
    ])
    await assert.rejects(
      pool.runInteraction(async () => {
        await User.create({ name: 'eve' })
        assert.deepEqual(told, [])
        throw new Error('outer')
      }),
    )
    assert.deepEqual(told, ['rolled back eve create, new: true'])
  })

  it('a callback after the commit that fails does not undo it, and does not keep others from being called', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    const mine = new Error('mine')
    let called = 0
    User.afterCommit(() => Promise.reject(mine))
    User.afterCommit(() => void called++)
    const user = new User({ name: 'ann' })
    await assert.rejects(user.save(), { kind: 'afterCommit', cause: mine })
    assert.equal(called, 1)
    assert.equal(user.isNew, false)
    assert.equal(await User.all().count(), 1)
  })

  it('records that callbacks save are of the same transaction', async (t) => {
    const User = newUser()
    const pool = await connected(t, database, [User])
    User.afterCreate(async (user) => {
      if (user.name === 'ann') await User.create({ name: 'friend' })
      if (user.name === 'friend') throw new Error('no friends')
    })
    await assert.rejects(User.create({ name: 'ann' }), /no friends/)
    assert.deepEqual(await pool.runQuery('SELECT * FROM users'), [])
  })

  it('two saves of a new record at once, with callbacks, insert one row', async (t) => {
    // Each save has a transaction of its own, and servers run them at the same time: the second is refused.
    if (!database.driver.includes('sqlite')) return t.skip('RECORD_BUSY on servers')
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User])
    User.beforeSave((_, action) => void told.push(action))
    const user = new User({ name: 'ann' })
    await Promise.all([user.save(), user.save()])
    assert.deepEqual(told, ['create', 'update'])
    assert.equal(await User.all().count(), 1)
  })

  it('a save that its own callback begins is refused: it had no end', async (t) => {
    for (const moment of ['beforeValidation', 'beforeSave', 'afterSave', 'afterCreate'] as const) {
      const User = newUser()
      await connected(t, database, [User])
      User[moment](async (user) => void (await user.save()))
      const user = new User({ name: 'ann' })
      await assert.rejects(user.save(), { code: 'ENDLESS_CALLBACK' })
      assert.equal(user.isNew, true)
      assert.equal(await User.all().count(), 0)
    }
  })

  it('two records whose callbacks save each other are refused, too', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    const [ann, bob] = [new User({ name: 'ann' }), new User({ name: 'bob' })]
    User.beforeSave(async (user) => void (await (user === ann ? bob : ann).save()))
    await assert.rejects(ann.save(), { code: 'ENDLESS_CALLBACK' })
    assert.equal(await User.all().count(), 0)
  })

  it('with skipCallbacks a callback may save its own record', async (t) => {
    if (database.name === 'mysql') return t.skip(NO_RETURNING)
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User], (verb) => told.push(verb))
    User.afterCreate(async (user) => {
      await user.update({ name: `user ${user.id}` }, { skipCallbacks: true })
    })
    User.afterCommit(async (user) => {
      user.age = 7
      await user.save({ skipCallbacks: true })
    })
    const user = await User.create({ name: 'ann' })
    assert.deepEqual(told, ['insert', 'update', 'update'])
    const found = await User.find(user.id)
    assert.deepEqual([found?.name, found?.age], ['user 1', 7])
  })
})
