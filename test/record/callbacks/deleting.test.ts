import assert from 'node:assert/strict'
import { it } from 'node:test'
import { onTunedAndServers } from '../../databases.ts'
import { connected, newUser, transactionsOf } from './fixtures.ts'

onTunedAndServers((database) => {
  it('TWI-086 SQO-205 beforeDelete is called before the row goes; giving false keeps it, with what callbacks wrote undone', async (t) => {
    const User = newUser()
    const told: string[] = []
    await connected(t, database, [User], (verb) => told.push(verb))
    const user = await User.create({ name: 'ann' })
    const end = User.beforeDelete(async (one) => {
      await User.updateAll({ age: 9 })
      return one.name !== 'ann'
    })
    assert.equal(await user.delete(), user)
    assert.equal(user.isDeleted, false)
    assert.equal((await User.find(1))?.age, null)
    end()
    told.length = 0
    for (const moment of ['beforeDelete', 'afterDelete', 'afterCommit'] as const) {
      User[moment]((one, action) => void told.push(`${moment} ${action} ${one.isDeleted}`))
    }
    assert.equal(await transactionsOf(() => user.delete()), 1)
    assert.equal(user.isDeleted, true)
    assert.deepEqual(told, [
      'beforeDelete delete false',
      'delete',
      'afterDelete delete true',
      'afterCommit delete true',
    ])
    assert.equal(await User.all().count(), 0)
  })

  for (const moment of ['beforeDelete', 'afterDelete'] as const) {
    it(`TWI-089 ${moment} that throws keeps the row, and the record can be used as before`, async (t) => {
      const User = newUser()
      await connected(t, database, [User])
      const mine = new Error('mine')
      const user = await User.create({ name: 'ann' })
      const end = User[moment](() => Promise.reject(mine))
      await assert.rejects(user.delete(), (error) => error === mine)
      assert.equal(user.isDeleted, false)
      await user.update({ name: 'bob' })
      end()
      await user.delete()
      assert.equal(await User.all().count(), 0)
    })
  }

  it('a delete that its own callback begins is refused; with skipCallbacks it is done', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    const user = await User.create({ name: 'ann' })
    const end = User.beforeDelete(async (one) => void (await one.delete()))
    await assert.rejects(user.delete(), { code: 'ENDLESS_CALLBACK' })
    assert.equal(user.isDeleted, false)
    await user.delete({ skipCallbacks: true })
    assert.equal(user.isDeleted, true)
    end()
    // @ts-expect-error no such option
    await assert.rejects(user.delete({ validate: false }), { code: 'INVALID_OPTION' })
  })

  it('a callback may delete the record that was just saved', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    User.afterSave(async (user) => void (await user.delete()))
    const user = await User.create({ name: 'ann' })
    assert.equal(user.isDeleted, true)
    assert.equal(await User.all().count(), 0)
    User.beforeSave(async (one) => void (one.isNew || (await one.delete())))
    const other = new User({ name: 'bob' })
    await other.save({ skipCallbacks: true })
    await assert.rejects(other.update({ name: 'eve' }), { code: 'RECORD_DELETED' })
    assert.equal(other.isDeleted, false, 'the delete was undone with the save')
  })

  it('SQO-212 what changes many rows at once calls nobody', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    for (const moment of ['beforeSave', 'beforeUpdate', 'beforeDelete', 'afterCommit', 'afterCreate'] as const) {
      User[moment](() => assert.fail(moment))
    }
    await User.insertMany([{ name: 'ann' }, { name: 'bob' }])
    assert.equal(await User.updateAll({ age: 1 }), 2)
    assert.equal(await User.where({ name: 'ann' }).updateAll({ age: 2 }), 1)
    assert.equal(await User.all().deleteAll(), 2)
  })
})
