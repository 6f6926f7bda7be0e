import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { InterfaceError } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { rollingBack } from 'offloop/testing'
import { onTunedDatabases, openPool } from '../databases.ts'
import { refused, rejectionOf, usable } from '../pool/expect.ts'

const mine = new Error('mine')

onTunedDatabases((database, suite) => {
  const pool = openPool(suite, database)
  class User extends Model('users', { id: c.integer().primaryKey(), name: c.text().unique() }) {}
  before(async () => {
    await pool.runOperation('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
    connect(pool, [User])
  })
  const names = () => User.all().orderBy('name').pluck('name')

  test('what a test does is undone, whatever it gives or throws', async () => {
    const given = await rollingBack(pool, async (txn) => {
      await User.create({ name: 'a' })
      await txn.execute("INSERT INTO users (name) VALUES ('b')")
      await pool.runOperation("INSERT INTO users (name) VALUES ('c')")
      return await names()
    })
    assert.deepEqual(given, ['a', 'b', 'c'])
    assert.equal(
      await rejectionOf(() =>
        rollingBack(pool, async () => {
          await User.create({ name: 'a' })
          throw mine
        }),
      ),
      mine,
    )
    assert.deepEqual(await names(), [])
    await usable(pool)
  })

  test('interactions inside are savepoints, and so is what records do in parts', async () => {
    await rollingBack(pool, async () => {
      await pool.runInteraction(() => User.create({ name: 'kept' }))
      const failing = pool.runInteraction(async () => {
        await User.create({ name: 'undone' })
        throw mine
      })
      assert.equal(await rejectionOf(() => failing), mine)
      await rejectionOf(() => User.create([{ name: 'x' }, { name: 'kept' }]))
      assert.ok((await User.findOrCreate({ name: 'found' })).wasCreated)
      assert.deepEqual(await names(), ['found', 'kept'])
    })
    assert.deepEqual(await names(), [])
  })

  test('a record that a test saved is new again after it', async () => {
    const user = new User({ name: 'again' })
    await rollingBack(pool, () => user.save())
    assert.deepEqual([user.isNew, user.id], [true, null])
  })

  test('afterCommit and afterRollback follow the interactions inside only when asked for', async () => {
    const interactions = async (done: string[]) => {
      await pool.runInteraction(async (txn) => {
        txn.afterCommit(async () => {
          done.push(`committed with ${(await names()).join()}`)
        })
        txn.afterRollback(() => void done.push('never'))
        await User.create({ name: 'u' })
      })
      done.push('done')
      await rejectionOf(() =>
        pool.runInteraction((txn) => {
          txn.afterCommit(() => void done.push('never'))
          txn.afterRollback(() => void done.push('rolled back'))
          throw mine
        }),
      )
      return done
    }
    assert.deepEqual(await rollingBack(pool, () => interactions([])), ['done'])
    const followed = await rollingBack(pool, () => interactions([]), { followUps: true })
    assert.deepEqual(followed, ['committed with u', 'done', 'rolled back'])
  })

  test('what follows and fails is the error of the interaction that asked for it', async () => {
    await rollingBack(
      pool,
      async () => {
        const failing = pool.runInteraction((txn) => txn.afterCommit(() => Promise.reject(mine)))
        await assert.rejects(failing, { code: 'AFTER_COMMIT', cause: mine })
        const undone = pool.runInteraction((txn) => {
          txn.afterRollback(() => Promise.reject('beside'))
          throw mine
        })
        assert.equal(((await rejectionOf(() => undone)) as { suppressed?: unknown }).suppressed, 'beside')
      },
      { followUps: true },
    )
  })

  test('it is the outermost transaction, and its options are checked', async () => {
    const inside = () => pool.runInteraction(() => rollingBack(pool, () => undefined))
    await refused(inside, InterfaceError, { code: 'INSIDE_INTERACTION', kind: 'usage' })
    await assert.rejects(
      rollingBack(pool, () => undefined, { followUp: true } as never),
      { code: 'INVALID_OPTION' },
    )
    await assert.rejects(
      rollingBack(pool, () => undefined, { followUps: 1 } as never),
      { code: 'INVALID_OPTION' },
    )
  })
})
