import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { asc, desc, gt, sql } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { collected, fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('SQO-130 sorts by names, -names, asc, desc and expressions; reverse turns each', async () => {
    const order = (...by: Parameters<typeof User.orderBy>) =>
      User.where({ id: [1, 2, 5, 7] })
        .orderBy(...by)
        .ids()
    assert.deepEqual(await order('id'), [1, 2, 5, 7])
    assert.deepEqual(await order('-id'), [7, 5, 2, 1])
    assert.deepEqual(await order(desc('id')), [7, 5, 2, 1])
    assert.deepEqual(await order(asc('role'), '-id'), [2, 1, 7, 5])
    assert.deepEqual(await order(sql`coalesce(age, 0) % 2`, 'id'), [2, 5, 1, 7])
    assert.deepEqual(await order(desc(sql`coalesce(age, 0) % 2`), 'id'), [1, 7, 2, 5])
    assert.deepEqual(await order('age'), [5, 1, 2, 7])
    assert.deepEqual(await order('-age'), [7, 2, 1, 5])
    const query = User.where({ id: [1, 2, 5, 7] }).orderBy('role', '-id')
    assert.deepEqual(await query.reverse().ids(), [5, 7, 1, 2])
    assert.deepEqual(await query.reorder('id').ids(), [1, 2, 5, 7])
    assert.deepEqual(await User.reverse().limit(2).ids(), [10, 9])
    // @ts-expect-error no such attribute
    assert.throws(() => User.orderBy('nope'), { code: 'UNKNOWN_ATTRIBUTE' })
    // @ts-expect-error no such attribute
    assert.throws(() => User.orderBy(desc('nope')), { code: 'UNKNOWN_ATTRIBUTE' })
  })

  it('SQO-132 SQO-135 slices compose, and end where the one before ended', async () => {
    const all = Array.from({ length: 10 }, (_, at) => at + 1)
    const query = User.orderBy('id')
    for (let a = 0; a < 12; a += 3) {
      for (let b = 0; b < 12; b += 2) {
        const once = query.slice(a, b)
        assert.deepEqual(await once.ids(), all.slice(a, b), `${a} to ${b}`)
        assert.deepEqual(await once.slice(1, 3).ids(), all.slice(a, b).slice(1, 3))
        assert.deepEqual(await once.slice(2).ids(), all.slice(a, b).slice(2))
      }
    }
    assert.deepEqual(await query.slice(0, 5).slice(7).ids(), [])
    assert.deepEqual(await query.limit(5).offset(2).slice(1).ids(), [4, 5, 6, 7])
    for (const [start, end] of [
      [-1, 3],
      [0, -1],
      [0.5, 1],
    ] as const) {
      assert.throws(() => query.slice(start, end), { name: 'RangeError' })
    }
  })

  it('SQO-133 a slice of nothing gives nothing, and nobody is asked', async () => {
    await pool.runOperation('ALTER TABLE users RENAME TO gone')
    try {
      for (const query of [User.limit(0), User.slice(0, 0), User.slice(3, 3), User.none(), User.none().limit(5)]) {
        assert.deepEqual(await query, [])
        assert.deepEqual(await query.ids(), [])
        assert.equal(await query.count(), 0)
        assert.equal(await query.exists(), false)
        assert.equal(await query.sum('age'), null)
        assert.equal(await query.first(), null)
        assert.equal(await query.last(), null)
        assert.deepEqual(await query.group('age').count(), new Map())
        assert.deepEqual(await collected(query), [])
        assert.deepEqual(await collected(query.inBatches()), [])
      }
    } finally {
      await pool.runOperation('ALTER TABLE gone RENAME TO users')
    }
  })

  it('SQO-134 an offset without a limit gives the rest', async () => {
    assert.deepEqual(await User.orderBy('id').slice(8).ids(), [9, 10])
    assert.deepEqual(await User.orderBy('id').offset(8).ids(), [9, 10])
    assert.deepEqual(await User.orderBy('id').offset(8).count(), 2)
  })

  it('SQO-136 SQO-137 at, first and last keep to the slice', async () => {
    const query = User.orderBy('id')
    assert.equal((await query.at(3))?.id, 4)
    assert.equal(await query.at(10), null)
    assert.equal(await query.slice(0, 5).at(8), null)
    assert.equal((await query.slice(2, 5).at(2))?.id, 5)
    await assert.rejects(query.at(-1), { name: 'RangeError' })
    assert.equal((await query.last())?.id, 10)
    assert.equal((await User.last())?.id, 10)
    assert.equal((await query.slice(2, 5).last())?.id, 5)
    assert.equal((await query.slice(2, 5).first())?.id, 3)
    assert.equal((await User.orderBy('-id').slice(2, 5).last())?.id, 6)
    assert.equal((await User.orderBy(sql`-id`).slice(2, 5).last())?.id, 6)
    assert.equal(
      (
        await User.where({ age: gt(3) })
          .orderBy('id')
          .limit(2)
          .select('firstName')
          .last()
      )?.firstName,
      'user 6',
    )
    assert.equal(await User.where({ age: 77 }).last(), null)
    assert.equal(await User.slice(20).last(), null)
  })

  it('TWI-073 SQO-131 an order is a name or SQL written by hand, never text', async () => {
    for (const by of ['name DESC', 'age; DROP TABLE users', 'users.id', '--id', '"id"', '1']) {
      assert.throws(() => User.orderBy(by as 'id'), { code: 'UNKNOWN_ATTRIBUTE' })
      assert.throws(() => User.find({ orderBy: by as 'id' }), { code: 'UNKNOWN_ATTRIBUTE' })
      assert.throws(() => User.group(by as 'id'), { code: 'UNKNOWN_ATTRIBUTE' })
      assert.throws(() => User.find({ group: by as 'id' }), { code: 'UNKNOWN_ATTRIBUTE' })
    }
    assert.deepEqual(idsOf(await User.find({ orderBy: '-id', limit: [1, 0] })), [10])
  })

  it('TWI-074 GROUP BY comes before ORDER BY before LIMIT', async () => {
    const asked = User.find({ group: 'role', orderBy: 'role', limit: [5, 0] })
    if (database.dialect.name === 'postgres') {
      await assert.rejects(asked.all(), { name: 'ProgrammingError', code: '42803' })
    } else {
      const roles = (await asked).map(({ role }) => role)
      assert.deepEqual(roles, ['admin', 'guest'])
    }
    const { sql: text } = User.find({ group: 'role', orderBy: 'role', limit: [5, 0], where: { age: 3 } }).toSql()
    assert.match(text, /where .+ group by .+ order by .+ limit (\?|\$\d)$/)
  })

  it('decimals are sorted and compared as numbers', async () => {
    for (const [at, balance] of ['9.00', '10.00', '-1.50'].entries()) {
      await User.where({ id: at + 1 }).updateAll({ balance })
    }
    const query = User.where({ id: [1, 2, 3] })
    assert.deepEqual(await query.orderBy('balance').ids(), [3, 1, 2])
    assert.deepEqual(await query.orderBy('-balance').ids(), [2, 1, 3])
    assert.deepEqual(await query.where({ balance: gt('9.5') }).ids(), [2])
  })
})
