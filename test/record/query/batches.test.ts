import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { gt } from 'offloop/record'
import { type Database, onTunedAndServers, tunedDatabases } from '../../databases.ts'
import { collected, fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, Seat, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('SQO-144 SQO-145 batches are read by key, and hold nothing between them', async () => {
    const batches: { id: number }[][] = await collected(User.where({ age: gt(2) }).inBatches({ size: 3 }))
    assert.deepEqual(batches.map(idsOf), [[3, 4, 6], [7, 8, 9], [10]])
    assert.deepEqual((await collected(User.inBatches({ size: 5 }))).map(idsOf), [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ])
    assert.deepEqual((await collected(User.limit(4).offset(1).inBatches({ size: 3 }))).map(idsOf), [[2, 3, 4], [5]])
    assert.deepEqual(await collected(User.where({ age: 77 }).inBatches()), [])
    let waiting = -1
    for await (const batch of User.inBatches({ size: 1 })) {
      waiting = pool.stats().lanes.filter(({ holder }) => holder).length
      assert.equal(batch.length, 1)
      break
    }
    assert.equal(waiting, 0)
  })

  it('batches go by all attributes of a key', async () => {
    for (const row of [1, 2, 3]) for (const number of [1, 2, 3]) await Seat.create({ row, number, taken: false })
    const batches = await collected(Seat.inBatches({ size: 4 }))
    assert.deepEqual(
      batches.map((batch) => batch.map(({ row, number }) => `${row}${number}`).join(' ')),
      ['11 12 13 21', '22 23 31 32', '33'],
    )
  })

  it('SQO-146 what a batch or an iteration gives may be deleted meanwhile', async () => {
    let seen = 0
    for await (const batch of User.inBatches({ size: 3 })) {
      for (const user of batch) await user.delete()
      seen += batch.length
    }
    assert.deepEqual([seen, await User.count()], [10, 0])
    await fillUsers(pool)
    for await (const user of User.orderBy('-id')) {
      await user.delete()
      seen++
    }
    assert.deepEqual([seen, await User.count()], [20, 0])
    await fillUsers(pool)
    await pool.runInteraction(async () => {
      for await (const user of User.orderBy('id')) await user.delete()
      assert.equal(await User.count(), 0)
    })
  })

  it('an iteration by a handle is in its transaction, wherever it is written', async () => {
    await pool.runInteraction(async (txn) => {
      const Mine = User.on(txn)
      await Mine.where({ id: gt(3) }).deleteAll()
      await pool.outside(async () => {
        assert.deepEqual(idsOf(await collected(Mine.orderBy('id'))), [1, 2, 3])
        assert.equal((await collected(User.all())).length, 10)
      })
    })
  })

  it('batches that cannot go by key are refused, and so is a wrong size', async () => {
    const refused = { code: 'INVALID_QUERY', message: /^batches are read by key, but / }
    for (const query of [
      User.orderBy('age'),
      User.select('firstName'),
      User.joins('pictures'),
      User.find({ group: 'age', limit: 5 }),
    ]) {
      await assert.rejects(query.inBatches().next(), refused)
    }
    assert.deepEqual(idsOf((await collected(User.orderBy('age').reorder().inBatches())).flat()).length, 10)
    for (const size of [0, -1, 1.5, '3', null]) {
      assert.throws(() => User.inBatches({ size: size as number }), { name: 'RangeError', code: 'INVALID_OPTION' })
    }
    assert.throws(() => User.inBatches({ sise: 3 } as never), { code: 'INVALID_OPTION', message: /sise/ })
  })

  it('SQO-144 an iteration gives all of a query in its order, and frees its connection when it is left', async () => {
    const ids: number[] = []
    for await (const user of User.orderBy('-id')) ids.push(user.id)
    assert.deepEqual(ids, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    await fillUsers(pool, 5000)
    const holders = () => pool.stats().lanes.filter(({ holder }) => holder).length
    for await (const user of User.orderBy('id')) {
      assert.equal(user.firstName, 'user 1')
      assert.equal(holders(), 1)
      break
    }
    assert.equal(holders(), 0)
    const mine = new Error('enough')
    await assert.rejects(async () => {
      for await (const _ of User.all()) throw mine
    }, mine)
    assert.equal(holders(), 0)
    assert.equal((await collected(User.all())).length, 5000)
  })

  it('an iteration loads relations for many records at once', async () => {
    await pool.insertMany('pictures', [
      { name: 'a', user_id: 1 },
      { name: 'b', user_id: 2 },
    ])
    const names: string[] = []
    for await (const user of User.where({ id: [1, 2, 3] })
      .orderBy('id')
      .include('pictures')) {
      names.push(user.pictures.value.map(({ name }) => name).join())
    }
    assert.deepEqual(names, ['a', 'b', ''])
  })
})

describe('a database with one connection', () => {
  const [database] = tunedDatabases as readonly [Database, ...Database[]]
  const inMemory: Database = { ...database, url: () => `${database.driver}::memory:` }
  onOne(inMemory)
})

function onOne(database: Database): void {
  it('may be asked and written to while an iteration goes on', async (t) => {
    const { User, pool } = openBlog(t, database)
    await fillUsers(pool)
    let seen = 0
    for await (const user of User.orderBy('id').include('pictures')) {
      await user.delete()
      seen += 1
    }
    assert.deepEqual([seen, await User.count()], [10, 0])
  })
}
