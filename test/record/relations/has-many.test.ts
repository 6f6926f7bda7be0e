import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecordStateError } from 'offloop/record'
import { run } from '../tables.ts'
import { Avatar, column, connected, names, onDatabases, Picture, picture, User, user } from './fixtures.ts'

onDatabases(() => {
  test('TWI-114 TWI-100 what belongs to a record is found by its key, with conditions, order and limit', async (t) => {
    await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    for (const name of ['c', 'a', 'b']) await picture(name, ann)
    await picture('d', bob)
    assert.deepEqual(names(await ann.pictures.get()), ['c', 'a', 'b'])
    assert.deepEqual(names(await ann.pictures.get({ orderBy: 'name' })), ['a', 'b', 'c'])
    assert.deepEqual(
      names(await ann.pictures.get({ where: { name: ['a', 'b', 'd'] }, orderBy: ['-name'], limit: 1 })),
      ['b'],
    )
    assert.deepEqual(names(await ann.pictures.get({ orderBy: 'name', offset: 1 })), ['b', 'c'])
    assert.equal((await ann.pictures.first({ orderBy: '-name' }))?.name, 'c')
    assert.equal(await ann.pictures.first({ where: { name: 'd' } }), null)
    assert.deepEqual(await ann.pictures.query().where({ name: 'a' }).orderBy('id').pluck('name'), ['a'])
    await assert.rejects(ann.pictures.get({ wher: {} } as object), { code: 'INVALID_OPTION' })
  })

  test('TWI-115 they are counted, all or by condition, and options that count for nothing are refused', async (t) => {
    await connected(t)
    const ann = await user('ann')
    await picture('a', ann)
    await picture('b', ann)
    await picture('c')
    assert.equal(await ann.pictures.count(), 2)
    assert.equal(await ann.pictures.count({ where: { name: 'a' } }), 1)
    assert.equal(await ann.pictures.exists({ where: { name: 'c' } }), false)
    assert.equal(await ann.pictures.exists(), true)
    await assert.rejects(ann.pictures.count({ limit: 1 } as object), { code: 'INVALID_OPTION', message: /limit/ })
  })

  test('TWI-116 TWI-120 set makes exactly these belong to the record, and they know it', async (t) => {
    const pool = await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    const [a, b, c] = [await picture('a', ann), await picture('b', ann), await picture('c', bob)]
    const before = await ann.pictures.get()
    b.name = 'not saved'
    await ann.pictures.set([b, c, c])
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null, ann.id, ann.id])
    assert.deepEqual([b.userId, c.userId], [ann.id, ann.id])
    assert.equal(before[0]?.userId, null)
    assert.deepEqual({ ...b.changes }, { name: ['b', 'not saved'] })
    assert.deepEqual(c.changes, Object.create(null))
    assert.deepEqual(await ann.pictures.get(), [b, c])
    assert.deepEqual(await column(pool, 'pictures', 'name'), ['a', 'b', 'c'])
    assert.equal(a.userId, ann.id)
    assert.equal((await a.reload()).userId, null)
    await ann.pictures.set([])
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null, null, null])
    assert.equal(c.userId, null)
  })

  test('TWI-117 D068 everything is checked before the first write: a member that was not saved costs nobody', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [a, b] = [await picture('a', ann), await picture('b')]
    const unsaved = new Picture({ name: 'new' })
    const writes = [
      () => ann.pictures.set([b, unsaved]),
      () => ann.pictures.add(b, unsaved),
      () => ann.pictures.remove(a, unsaved),
    ]
    for (const write of writes) {
      await assert.rejects(write, (error) => {
        assert.ok(error instanceof RecordStateError)
        assert.equal(error.code, 'REFERENCE_NOT_SAVED')
        assert.match(error.message, /you must save all other instances before defining a relationship/)
        return true
      })
    }
    const avatar = await Avatar.create({ name: 'no picture' })
    await assert.rejects(ann.pictures.set([b, avatar as never]), {
      code: 'WRONG_RECORD',
      message: /Picture, not a record of Avatar/,
    })
    await assert.rejects(ann.pictures.set([b, { id: 1 } as never]), { code: 'WRONG_RECORD' })
    await assert.rejects(ann.pictures.set(b as never), { code: 'INVALID_MODEL', message: /a list/ })
    await assert.rejects(ann.pictures.add(null as never), { code: 'WRONG_RECORD', message: /not null/ })
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id, null])
    assert.equal(b.userId, null)
    await a.delete()
    await assert.rejects(ann.pictures.set([a]), { code: 'RECORD_DELETED' })
  })

  test('TWI-117 a member whose row is gone undoes the whole, and nobody in memory believes otherwise', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [a, b, c] = [await picture('a', ann), await picture('b'), await picture('c')]
    await ann.pictures.load()
    await run(pool, 'DELETE FROM pictures WHERE id = ?', [c.id])
    await assert.rejects(ann.pictures.set([b, c]), { code: 'STALE_RECORD' })
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id, null])
    assert.deepEqual([b.userId, c.userId], [null, null])
    assert.deepEqual(names(await ann.pictures.get()), ['a'])
    assert.equal(a.userId, ann.id)
  })

  test('TWI-119 clear leaves the records, without an owner', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    await picture('a', ann)
    const [loaded] = await ann.pictures.get()
    await picture('b', ann)
    await ann.pictures.clear()
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null, null])
    assert.equal(loaded?.userId, null)
    assert.deepEqual(await ann.pictures.get(), [])
  })

  test('TWI-134 one by one: add, remove, has', async (t) => {
    const pool = await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    const [a, b, c] = [await picture('a', ann), await picture('b'), await picture('c', bob)]
    await ann.pictures.load()
    await ann.pictures.add(b)
    await ann.pictures.add(b)
    await ann.pictures.add()
    assert.equal(await ann.pictures.has(b), true)
    assert.deepEqual(names(await ann.pictures.get()), ['a', 'b'])
    await ann.pictures.remove(a, c)
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null, ann.id, bob.id])
    assert.deepEqual([a.userId, c.userId], [null, bob.id])
    assert.deepEqual(await ann.pictures.get(), [b])
    assert.equal(await ann.pictures.has(c), false)
    await assert.rejects(ann.pictures.has(new Picture({ name: 'x' })), { code: 'REFERENCE_NOT_SAVED' })
  })

  test('SQO-184 create makes and saves a record that belongs to the owner', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    await ann.pictures.load()
    const made: Picture = await ann.pictures.create({ name: 'made', userId: 77 })
    assert.equal(made.userId, ann.id)
    assert.equal(made.isNew, false)
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id])
    assert.deepEqual(await ann.pictures.get(), [made])
    // @ts-expect-error there is no such attribute
    await assert.rejects(ann.pictures.create({ nam: 'x' }), { code: 'UNKNOWN_ATTRIBUTE' })
    assert.equal(await Picture.all().count(), 1)
  })

  test('SQO-184 build makes a new record that belongs to the owner, and saves nothing', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const built: Picture = ann.sorted.build({ name: 'built', userId: 77 })
    assert.deepEqual([built.isNew, built.userId], [true, ann.id])
    assert.equal(await ann.pictures.count(), 0)
    await built.save()
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id])
    assert.equal(ann.avatar.build().userId, ann.id)
    assert.throws(() => new User({ firstName: 'new' }).pictures.build(), { code: 'REFERENCE_NOT_SAVED' })
    assert.throws(() => ann.clubs.build({ name: 'x' }), { code: 'INVALID_MODEL' })
    // @ts-expect-error there is no such attribute
    assert.throws(() => ann.pictures.build({ nam: 'x' }), { code: 'UNKNOWN_ATTRIBUTE' })
  })

  test('SQO-174 SQO-176 orderBy, scope and inverse are the relation’s own', async (t) => {
    await connected(t)
    const ann = await user('ann')
    await Picture.create({ name: 'a', size: 100, userId: ann.id })
    await Picture.create({ name: 'b', size: 1, userId: ann.id })
    assert.deepEqual(names(await ann.sorted.get()), ['b', 'a'])
    assert.deepEqual(names(await ann.big.get()), ['a'])
    assert.equal(await ann.big.count(), 1)
    const [first] = await ann.sorted.get()
    assert.equal(await first?.user.get(), ann)
    await ann.big.set([])
    assert.deepEqual(names(await ann.pictures.get()), ['b'])
  })

  test('TWI-118 D067 lists of any length, and none at all', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const rows = Array.from({ length: 40_000 }, (_, at) => ({ name: `${at}` }))
    await pool.insertMany('pictures', rows)
    const all = await Picture.all()
    await ann.pictures.set(all)
    assert.equal(await ann.pictures.count(), 40_000)
    assert.equal(all.at(-1)?.userId, ann.id)
    await ann.pictures.set(all.slice(0, 20_000))
    assert.equal(await ann.pictures.count(), 20_000)
    assert.equal((await Picture.all().include('user')).filter(({ user }) => user.value === null).length, 20_000)
    await ann.pictures.set([])
    assert.equal(await ann.pictures.count(), 0)
  })
})

test('TWI-097 a record that was not saved has no relations yet', async (t) => {
  await connected(t)
  const ann = new User({ firstName: 'ann' })
  const other = await picture('a')
  const uses = [
    () => ann.pictures.get(),
    () => ann.pictures.get({}),
    () => ann.pictures.set([other]),
    () => ann.pictures.add(other),
    () => ann.pictures.remove(other),
    () => ann.pictures.clear(),
    () => ann.pictures.create({ name: 'x' }),
    () => ann.pictures.count(),
    () => ann.pictures.exists(),
    () => ann.pictures.load(),
    () => ann.pictures.has(other),
    async () => ann.pictures.query(),
    () => ann.boss.get(),
    () => ann.boss.set(null),
    () => ann.boss.clear(),
    () => ann.avatar.get(),
    () => ann.avatar.set(null),
    () => ann.colors.get(),
    () => ann.colors.set([]),
    () => ann.colors.links(),
    () => ann.clubs.get(),
    () => ann.clubs.clear(),
    () => ann.nicknames.get(),
    () => new Picture({ name: 'x' }).user.get(),
  ]
  for (const use of uses) {
    const expected = {
      code: 'REFERENCE_NOT_SAVED',
      message: /ReferenceNotSaved: cannot get\/set relationship on unsaved object/,
    }
    await assert.rejects(use, expected, String(use))
  }
  const gone = await user('bob')
  await gone.delete()
  await assert.rejects(gone.pictures.get(), { code: 'RECORD_DELETED' })
})
