import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { gte } from 'offloop/record'
import { onTunedDatabases } from '../../databases.ts'
import { fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedDatabases((database, suite) => {
  const { User, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('a static method of a class is a scope, typed by itself', async () => {
    await pool.runOperation('UPDATE users SET age = age * 10')
    const adults = await User.adults().where({ role: 'admin' }).orderBy('id')
    const names: string[] = adults.map(({ firstName }) => firstName)
    assert.deepEqual(names, ['user 2', 'user 3'])
    assert.deepEqual(await User.where({ role: 'admin' }).merge(User.adults()).ids(), [2, 3])
  })

  it('a default scope narrows every way of reading; unscoped() is without it', async () => {
    class Guest extends User {
      static {
        this.defaultScope((query) => query.where({ role: 'guest' }))
      }
    }
    assert.equal(await Guest.count(), 7)
    assert.equal(await Guest.find(1), null)
    assert.equal((await Guest.get(4)).id, 4)
    assert.deepEqual(await Guest.findMany([1, 4]).then(idsOf), [4])
    assert.deepEqual(await Guest.where({ age: [3, 4] }).ids(), [4])
    assert.equal((await Guest.first())?.id, 4)
    assert.equal(await Guest.exists({ role: 'admin' }), false)
    assert.equal(await Guest.unscoped().count(), 10)
    assert.equal(await User.count(), 10)
    assert.ok((await Guest.get(4)) instanceof Guest)
  })

  it('a class inherits the default scope of its parent and may add its own', async () => {
    class Guest extends User {
      static {
        this.defaultScope((query) => query.where({ role: 'guest' }))
      }
    }
    class OldGuest extends Guest {
      static {
        this.defaultScope((query) => query.where({ age: gte(8) }))
      }
    }
    assert.deepEqual(await OldGuest.orderBy('id').ids(), [8, 9, 10])
    assert.equal(await Guest.count(), 7)
    // @ts-expect-error no such attribute
    assert.throws(() => OldGuest.defaultScope((query) => query.where({ nope: 1 })) ?? OldGuest.all(), {
      code: 'UNKNOWN_ATTRIBUTE',
    })
    assert.throws(() => Guest.defaultScope('role' as never), { code: 'INVALID_OPTION' })
  })
})
