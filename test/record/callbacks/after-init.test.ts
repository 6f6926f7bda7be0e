import assert from 'node:assert/strict'
import { it } from 'node:test'
import { onTunedAndServers } from '../../databases.ts'
import { connected, newUser } from './fixtures.ts'

onTunedAndServers((database) => {
  it('TWI-017 afterInit is called for what the database gave, and awaited before the finder resolves', async (t) => {
    class User extends newUser() {
      shout: string | null = null
      override async afterInit() {
        await new Promise((resolve) => setImmediate(resolve))
        this.shout = this.name?.toUpperCase() ?? null
      }
    }
    await connected(t, database, [User])
    assert.equal(new User({ name: 'ann' }).shout, null)
    const made = await User.create([{ name: 'ann' }, { name: 'bob' }])
    assert.deepEqual(
      made.map((user) => user.shout),
      [null, null],
    )
    const shouts = (users: Iterable<User | null>) => Array.from(users, (user) => user?.shout)
    assert.deepEqual(shouts([await User.find(1)]), ['ANN'])
    assert.deepEqual(shouts(await User.all().orderBy('id')), ['ANN', 'BOB'])
    assert.deepEqual(shouts([await User.all().first(), await User.all().last()]), ['ANN', 'BOB'])
    assert.deepEqual(shouts([await User.all().orderBy('id').limit(2).last()]), ['BOB'])
    const streamed: User[] = []
    for await (const user of User.all().orderBy('id')) streamed.push(user)
    assert.deepEqual(shouts(streamed), ['ANN', 'BOB'])
    assert.deepEqual(shouts([await User.findOrCreate({ name: 'ann' }), await User.findOrCreate({ name: 'eve' })]), [
      'ANN',
      null,
    ])
    assert.deepEqual(shouts([await User.upsert({ id: 1, name: 'zoe' })]), ['ZOE'])
  })

  it('TWI-018 D041 what afterInit throws rejects the finder, for one record and for lists', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    await User.create([{ name: 'ann' }, { name: 'bob' }])
    const mine = new Error('mine')
    let awaited = 0
    User.afterInit(async (user) => {
      if (user.name === 'ann') throw mine
      await new Promise((resolve) => setImmediate(resolve))
      awaited++
    })
    const isMine = (error: unknown) => error === mine
    await assert.rejects(User.find(1), isMine)
    await assert.rejects(User.all().all(), isMine)
    assert.equal(awaited, 1, 'the others were awaited')
    await assert.rejects(User.all().first(), isMine)
    assert.equal((await User.find(2))?.name, 'bob')
  })

  it('afterInit may change attributes: that is a change to be saved', async (t) => {
    const User = newUser()
    await connected(t, database, [User])
    await User.create({ name: 'ann' })
    User.afterInit((user) => {
      user.age ??= 18
    })
    const user = await User.find(1)
    assert.deepEqual({ ...user?.changes }, { age: [null, 18] })
  })
})
