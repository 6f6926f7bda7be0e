import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { desc, gt, gte, ne, sql } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, Picture, pool } = openBlog(suite, database)

  beforeEach(() => fillUsers(pool))

  it('TWI-082 TWI-157 count gives a number, 0 if there are none', async () => {
    assert.equal(await User.count(), 10)
    assert.equal(await User.count({ age: gt(8) }), 2)
    assert.equal(await User.count(['age > ?', 8]), 2)
    assert.equal(await User.where({ age: 77 }).count(), 0)
    assert.equal(await User.count('age'), 9)
    // @ts-expect-error no such attribute
    assert.throws(() => User.count({ nope: 1 }), { code: 'UNKNOWN_ATTRIBUTE' })
  })

  it('SQO-138 count counts the slice, and what is distinct', async () => {
    assert.equal(await User.slice(0, 5).count(), 5)
    assert.equal(await User.slice(8, 50).count(), 2)
    assert.equal(await User.orderBy('id').slice(0, 5).count('age'), 4)
    assert.equal(await User.distinct().count(), 10)
    assert.equal(await User.distinct().count('role'), 2)
    assert.equal(await User.select('role').distinct().count(), 2)
    assert.equal(await User.select('role').distinct().slice(1).count(), 1)
    assert.equal(await User.find({ group: 'role' }).count(), 2)
  })

  it('SQO-139 sum, avg, min, max and several together; null of nothing', async () => {
    assert.equal(await User.sum('age'), 50)
    assert.equal(await User.avg('age'), 50 / 9)
    assert.equal(await User.min('age'), 1)
    assert.equal(await User.max('firstName'), 'user 9')
    const none = User.where({ age: 77 })
    assert.deepEqual([await none.sum('age'), await none.avg('age'), await none.min('age')], [null, null, null])
    const measured: { people: number; aged: number; oldest: number | null; mean: number | null; last: string | null } =
      await User.where({ role: 'guest' }).measure({
        people: 'count',
        aged: ['count', 'age'],
        oldest: ['max', 'age'],
        mean: ['avg', 'age'],
        last: ['max', 'firstName'],
      })
    assert.deepEqual(measured, { people: 7, aged: 6, oldest: 10, mean: 44 / 6, last: 'user 9' })
    assert.deepEqual(await none.measure({ n: 'count', oldest: ['max', 'age'] }), { n: 0, oldest: null })
  })

  it('SQO-140 sums are those of the slice', async () => {
    const query = User.orderBy('id')
    assert.equal(await query.slice(0, 4).sum('age'), 10)
    assert.equal(await query.slice(8).min('age'), 9)
    assert.equal(await query.slice(3, 6).avg('age'), 5)
    assert.deepEqual(await query.limit(2).measure({ n: 'count', oldest: ['max', 'age'] }), { n: 2, oldest: 2 })
    await pool.runOperation('UPDATE users SET age = 7')
    assert.equal(await User.distinct().sum('age'), 7)
  })

  it('each type has its own sum: big, real and decimal', async () => {
    const first = new Date('2026-01-31T12:00:00Z')
    const rows = [
      { big: 2n ** 53n, score: 0.5, balance: '0.10', joined: first },
      { big: 1n, score: 0.25, balance: '0.20', joined: new Date('2026-02-01T00:00:00Z') },
      { big: null, score: null, balance: '1234567890.29', joined: null },
    ]
    await pool.runOperation('DELETE FROM users')
    for (const row of rows) await User.create({ firstName: 'x', role: 'guest', ...row })
    const big: bigint | null = await User.sum('big')
    const score: number | null = await User.sum('score')
    const balance: string | null = await User.sum('balance')
    const joined: Date | null = await User.min('joined')
    assert.equal(big, 2n ** 53n + 1n)
    assert.equal(score, 0.75)
    assert.equal(balance, '1234567890.59')
    assert.deepEqual(joined, first)
    assert.equal(await User.max('balance'), '1234567890.29')
    assert.equal(await User.min('balance'), '0.10')
    assert.deepEqual(await User.group('firstName').sum('balance'), new Map([['x', '1234567890.59']]))
  })

  it('many decimals are added up exactly', async () => {
    await pool.runOperation('DELETE FROM users')
    const rows = Array.from({ length: 1000 }, (_, at) => ({
      first_name: 'x',
      role: 'guest',
      balance: `${at % 7}.${(at % 90) + 10}`,
    }))
    await pool.insertMany('users', rows)
    const cents = rows.reduce((sum, { balance }) => sum + BigInt(balance.replace('.', '')), 0n)
    assert.equal(await User.sum('balance'), `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`)
  })

  it('a sum that a number cannot hold is refused, not rounded', async () => {
    await pool.runOperation('UPDATE users SET age = 9007199254740991')
    await assert.rejects(User.sum('age'), { code: 'INEXACT_SUM', kind: 'value' })
  })

  it('what cannot be added up is refused by name', async () => {
    // @ts-expect-error no number
    await assert.rejects(User.sum('joined'), { code: 'INVALID_QUERY' })
    // @ts-expect-error no order
    await assert.rejects(User.max('data'), { code: 'INVALID_QUERY' })
    await assert.rejects(User.sum('firstName'), { code: 'INVALID_QUERY', message: /stored as text/ })
    await assert.rejects(User.measure({ x: ['drop', 'age'] as never }), { code: 'INVALID_QUERY' })
    await assert.rejects(User.measure({}), { code: 'INVALID_QUERY' })
  })

  it('SQO-165 groups are counted, summed, filtered and sorted', async () => {
    const perRole: Map<'admin' | 'guest', number> = await User.group('role').count()
    assert.deepEqual(
      perRole,
      new Map([
        ['admin', 3],
        ['guest', 7],
      ]),
    )
    assert.deepEqual(
      await User.where({ age: gte(2) })
        .group('role')
        .max('age'),
      new Map([
        ['admin', 3],
        ['guest', 10],
      ]),
    )
    assert.deepEqual(await User.group('role').having('count', gt(3)).sum('age'), new Map([['guest', 44]]))
    assert.deepEqual(await User.group('role').having(['min', 'age'], 1).count(), new Map([['admin', 3]]))
    assert.deepEqual(await User.group('role').having(sql`count(*) < ${4}`).count(), new Map([['admin', 3]]))
    const sorted = await User.group('role').orderBy(desc(sql`count(*)`)).limit(1).count()
    assert.deepEqual([...sorted.keys()], ['guest'])
    const none: Map<number | null, number> = await User.group('age').having('count', ne(1)).count()
    assert.equal(none.size, 0)
    // @ts-expect-error a text for a count
    assert.throws(() => User.group('role').having('count', 'x'), { code: 'INVALID_QUERY' })
  })

  it('SQO-165 groups of several attributes are pairs or objects', async () => {
    await pool.runOperation('UPDATE users SET age = id % 2')
    const query = User.group('role', 'age').orderBy('role', 'age')
    const pairs: [['admin' | 'guest', number | null], number][] = await query.count()
    assert.deepEqual(pairs, [
      [['admin', 0], 1],
      [['admin', 1], 2],
      [['guest', 0], 4],
      [['guest', 1], 3],
    ])
    const rows: { role: 'admin' | 'guest'; age: number | null; n: number; last: string | null }[] = await query
      .limit(1)
      .measure({ n: 'count', last: ['max', 'firstName'] })
    assert.deepEqual(rows, [{ role: 'admin', age: 0, n: 1, last: 'user 2' }])
    await assert.rejects(query.measure({ role: 'count' }), { code: 'INVALID_QUERY' })
  })

  it('groups of joined rows', async () => {
    await pool.insertMany('pictures', [
      { name: 'a', user_id: 1 },
      { name: 'b', user_id: 1 },
      { name: 'c', user_id: 9 },
    ])
    assert.deepEqual(
      await User.joins('pictures').group('role').count(),
      new Map([
        ['admin', 2],
        ['guest', 1],
      ]),
    )
    assert.equal(await Picture.count(), 3)
  })
})
