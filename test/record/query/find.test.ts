import assert from 'node:assert/strict'
import { beforeEach, it } from 'node:test'
import { gte, NotFoundError, NotUniqueError, type Query, sql } from 'offloop/record'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, idsOf, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const blog = openBlog(suite, database)

  beforeEach(() => fillUsers(blog.pool))

  it('TWI-063 find() without arguments gives all as a list; all() is the same', async () => {
    const { User } = blog
    const all = await User.find()
    assert.equal(all.length, 10)
    assert.deepEqual(idsOf(await User.all()), idsOf(all))
    assert.deepEqual(idsOf(await User.list()), idsOf(all))
    assert.deepEqual(idsOf(await User.query()), idsOf(all))
    assert.ok(all[0] instanceof User)
  })

  it('TWI-064 find(id) gives one record or null', async () => {
    const { User } = blog
    const user: { firstName: string } | null = await User.find(2)
    assert.equal(user?.firstName, 'user 2')
    assert.equal(await User.find(99), null)
  })

  it('TWI-065 find(null) and find(undefined) are refused', async () => {
    const { User } = blog
    const nothing = [null, undefined] as unknown as number[]
    for (const key of nothing) {
      await assert.rejects(async () => await User.find(key as number), { name: 'TypeError', code: 'INVALID_OPTION' })
      await assert.rejects(User.get(key as number), { name: 'TypeError' })
    }
    assert.equal((await User.find(1))?.id, 1)
  })

  it('TWI-066 where with ? placeholders', async () => {
    const { User } = blog
    const found = await User.find({ where: ['first_name = ? AND age > ?', 'user 2', 1] })
    assert.deepEqual(idsOf(found), [2])
    assert.deepEqual(idsOf(await User.find({ where: { age: gte(9) } })), [9, 10])
    assert.deepEqual(idsOf(await User.find({ where: sql`age > ${9}` })), [10])
  })

  it('TWI-067 find(id, { where }) joins both with AND and parentheses', async () => {
    const { User } = blog
    assert.equal(await User.find(3, { where: ['age = ? OR age = ?', 1, 2] }), null)
    assert.equal((await User.find(2, { where: ['age = ? OR age = ?', 1, 2] }))?.id, 2)
    await assert.rejects(async () => await User.find(2, { limit: 3 } as never), { code: 'INVALID_OPTION' })
  })

  it('TWI-068 text alone is no condition; [] and undefined mean none', async () => {
    const { User } = blog
    assert.throws(() => User.where('age > 3' as never), { name: 'TypeError', message: /\['age > \?', 21\]/ })
    assert.throws(() => User.find({ where: 'age > 3' as never }), { name: 'TypeError' })
    assert.equal((await User.find({ where: [] })).length, 10)
    assert.equal((await User.find({ where: undefined })).length, 10)
    assert.throws(() => User.where(undefined as never), { code: 'INVALID_QUERY' })
  })

  it('TWI-069 limit 1 gives one record or null, first() and list() one kind of thing always', async () => {
    const { User } = blog
    const one: { id: number } | null = await User.find({ limit: 1, orderBy: '-age' })
    assert.equal(one?.id, 10)
    assert.equal(await User.find({ limit: 1, where: { age: 77 } }), null)
    assert.equal((await User.first())?.id, 1)
    assert.equal((await User.limit(1).list()).length, 1)
    for (const limit of ['1', true]) {
      assert.throws(() => User.find({ limit: limit as unknown as 1 }), { name: 'RangeError' })
    }
  })

  it('TWI-070 limit n gives a list, limit 0 an empty one', async () => {
    const { User } = blog
    const limit: number = 2
    assert.equal((await User.find({ limit })).length, 2)
    assert.deepEqual(await User.find({ limit: 0 }), [])
  })

  it('TWI-071 limit [n, offset] gives a list, of one record too', async () => {
    const { User } = blog
    assert.deepEqual(idsOf(await User.find({ limit: [2, 3], orderBy: 'id' })), [4, 5])
    assert.deepEqual(idsOf(await User.find({ limit: [1, 0], orderBy: 'id' })), [1])
    assert.deepEqual(idsOf(await User.find({ limit: 2, offset: 3, orderBy: ['id'] })), [4, 5])
    assert.throws(() => User.find({ limit: [1] as never }), { name: 'TypeError' })
    assert.throws(() => User.find({ limit: [1, 2], offset: 3 }), { name: 'TypeError' })
  })

  it('TWI-072 a negative or broken limit is refused', () => {
    const { User } = blog
    for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21, '1; x', null, {}]) {
      assert.throws(() => User.find({ limit: limit as never }), { name: 'RangeError', code: 'INVALID_OPTION' })
      assert.throws(() => User.limit(limit as never), { name: 'RangeError', code: 'INVALID_OPTION' })
      assert.throws(() => User.offset(limit as never), { name: 'RangeError', code: 'INVALID_OPTION' })
    }
  })

  it('TWI-075 SQO-129 findBy joins with AND; null is IS NULL, an array is IN, nothing is all', async () => {
    const { User } = blog
    assert.deepEqual(idsOf(await User.findBy({ age: 2, role: 'admin' })), [2])
    assert.deepEqual(idsOf(await User.findBy({ age: 2, role: 'guest' })), [])
    assert.deepEqual(idsOf(await User.findBy({ age: null })), [5])
    assert.deepEqual(idsOf(await User.findBy({ id: [1, 3] }).orderBy('id')), [1, 3])
    assert.deepEqual(idsOf(await User.findBy({ id: [] })), [])
    assert.deepEqual(idsOf(await User.findBy({ age: [1, null] }).orderBy('id')), [1, 5])
    assert.equal((await User.findBy()).length, 10)
    // @ts-expect-error no such attribute
    assert.throws(() => User.findBy({ nope: 1 }), { code: 'UNKNOWN_ATTRIBUTE' })
    assert.throws(() => User.findBy(['1 = 1'] as never), { name: 'TypeError' })
  })

  it('SQO-098 get(key) gives the record or rejects; keys are of their own type', async () => {
    const { User } = blog
    const user: { firstName: string } = await User.get(3)
    assert.equal(user.firstName, 'user 3')
    await assert.rejects(User.get(99), (error) => error instanceof NotFoundError && error.code === 'NOT_FOUND')
    await assert.rejects(User.get('1'), { code: 'ATTRIBUTE_VALUE' })
    await assert.rejects(User.get({ id: 1 } as never), { code: 'ATTRIBUTE_VALUE' })
    await assert.rejects(User.find([1, 2]), { code: 'INVALID_QUERY', message: /findMany/ })
    await assert.rejects(User.find(new Date() as never), { code: 'ATTRIBUTE_VALUE' })
    await assert.rejects(User.find(new Map() as never), { code: 'ATTRIBUTE_VALUE' })
    for (const by of [undefined, null, [1]]) {
      await assert.rejects(User.findOrCreate(by as never, {} as never), {
        code: 'INVALID_QUERY',
        message: /not (undefined|null|an array)/,
      })
    }
  })

  it('gives the records of several keys in their order', async () => {
    const { User, Seat } = blog
    assert.deepEqual(idsOf(await User.findMany([7, 99, 2, 7])), [7, 2, 7])
    assert.deepEqual(await User.findMany([]), [])
    await assert.rejects(User.findMany(3 as never), { name: 'TypeError' })
    for (const number of [1, 2, 3]) await Seat.create({ row: 1, number, taken: number === 2 })
    assert.equal((await Seat.get([1, 2])).taken, true)
    assert.equal(await Seat.find([2, 2]), null)
    assert.deepEqual(
      (
        await Seat.findMany([
          [1, 3],
          [9, 9],
          [1, 1],
        ])
      ).map(({ number }) => number),
      [3, 1],
    )
    await assert.rejects(Seat.find(1), { code: 'INVALID_QUERY' })
    await assert.rejects(Seat.find([1, 2, 3]), { code: 'INVALID_QUERY' })
    assert.deepEqual(await Seat.where({ row: 1 }).orderBy('number').ids(), [
      [1, 1],
      [1, 2],
      [1, 3],
    ])
  })

  it('SQO-143 SQO-099 getOne and getBy give the only record; none and several are told apart', async () => {
    const { User } = blog
    assert.equal((await User.where({ age: 3 }).getOne()).id, 3)
    assert.equal((await User.getBy({ firstName: 'user 4' })).id, 4)
    await assert.rejects(User.where({ age: 77 }).getOne(), NotFoundError)
    await assert.rejects(User.getBy({ age: 77 }), NotFoundError)
    assert.equal(await User.where({ age: 77 }).getOne(null), null)
    assert.equal(await User.where({ age: 77 }).getOne('none'), 'none')
    await assert.rejects(User.where({ role: 'admin' }).getOne(null), NotUniqueError)
    await assert.rejects(User.getOne(), NotUniqueError)
  })

  it('TWI-083 SQO-148 exists and isEmpty answer without records', async () => {
    const { User } = blog
    assert.equal(await User.exists(), true)
    assert.equal(await User.exists({ age: 77 }), false)
    assert.equal(await User.where({ age: 77 }).isEmpty(), true)
    assert.equal(await User.limit(3).offset(9).exists(), true)
    assert.equal(await User.limit(3).offset(10).exists(), false)
    assert.equal(await User.none().exists(), false)
  })

  it('SQO-126 SQO-127 SQO-128 queries are lazy, ask anew each time and never change', async () => {
    const { User, pool } = blog
    const admins: Query<InstanceType<typeof User>, never> | object = User.where({ role: 'admin' })
    const query = User.where({ role: 'admin' }).orderBy('id')
    const narrower = query.where({ age: gte(2) }).limit(1)
    assert.ok(admins)
    await pool.runOperation("INSERT INTO users (id, first_name, age, role) VALUES (11, 'new', 11, 'admin')")
    assert.deepEqual(idsOf(await query), [1, 2, 3, 11])
    await pool.runOperation('DELETE FROM users WHERE id = 1')
    assert.deepEqual(idsOf(await query), [2, 3, 11])
    assert.deepEqual(idsOf(await narrower), [2])
    assert.deepEqual(idsOf(await query.reverse()), [11, 3, 2])
  })

  it('TWI-085 without an order, first() and page() go by key', async () => {
    const { User } = blog
    assert.equal((await User.first())?.id, 1)
    const { rows, total, pages } = await User.page(2, 3)
    assert.deepEqual([idsOf(rows), total, pages], [[4, 5, 6], 10, 4])
    await assert.rejects(User.page(0, 3), { name: 'RangeError' })
  })

  it('a method without types of its own may ask its class', async () => {
    const { User } = blog
    const user = await User.get(4)
    const same: { id: number }[] = await user.sameAge()
    assert.deepEqual(idsOf(same), [4])
  })
})
