import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectQueries } from 'offloop/testing'
import { connected, names, onDatabases, type Picture, picture, User, user } from './fixtures.ts'

async function family() {
  const [ann, bob] = [await user('ann'), await user('bob')]
  await bob.boss.set(ann)
  await picture('a', ann)
  await picture('b', ann)
  await picture('c', bob)
  await bob.avatar.create({ name: 'face' })
  const red = await ann.colors.create({ name: 'red' })
  await bob.colors.add(red)
  return { ann, bob, red }
}

onDatabases(() => {
  test('TWI-138 what is included costs one query for each relation, however many records there are', async (t) => {
    const pool = await connected(t)
    await family()
    const users = await expectQueries(pool, 5, () =>
      User.all().include('pictures', 'avatar', 'colors', 'boss').orderBy('id'),
    )
    const [ann, bob] = users
    assert.deepEqual(names(ann!.pictures.value), ['a', 'b'])
    assert.equal(bob!.avatar.value?.name, 'face')
    assert.equal(ann!.avatar.value, null)
    assert.equal(bob!.boss.value?.firstName, 'ann')
    assert.deepEqual(names(bob!.colors.value), ['red'])
    assert.equal(ann!.colors.value[0], bob!.colors.value[0])
    await expectQueries(pool, 0, () => bob!.pictures.get())
  })

  test('relations of relations, by names and trees of names', async (t) => {
    const pool = await connected(t)
    await family()
    const [ann] = await expectQueries(pool, 5, () =>
      User.all()
        .include('avatar', { pictures: { user: ['avatar'] } })
        .orderBy('id'),
    )
    assert.equal(ann?.pictures.value[1]?.user.value?.avatar.value, null)
    const more = await User.where({ firstName: 'bob' })
      .include({ pictures: true })
      .include({ pictures: 'user', colors: { users: 'pictures' } })
    assert.equal(more[0]?.pictures.value[0]?.user.value?.firstName, 'bob')
    assert.equal(more[0]?.colors.value[0]?.users.value[0]?.pictures.value.length, 2)
    assert.deepEqual(await User.where({ firstName: 'nobody' }).include('pictures'), [])
  })

  test('TWI-137 names that no relation has are refused, with those that there are', async (t) => {
    await connected(t)
    const { ann } = await family()
    // @ts-expect-error no relation
    assert.throws(() => User.all().include('firstName'), {
      code: 'UNKNOWN_RELATION',
      message: /"firstName"; it has pictures, sorted/,
    })
    // @ts-expect-error no relation of a picture
    assert.throws(() => User.all().include({ pictures: 'avatar' }), {
      code: 'UNKNOWN_RELATION',
      message: /Picture has no relation "avatar"/,
    })
    // @ts-expect-error not a tree
    assert.throws(() => User.all().include({ pictures: 3 }), { code: 'INVALID_QUERY' })
    assert.throws(() => User.all().include(null as never), { code: 'INVALID_QUERY' })
    // @ts-expect-error no relation
    await assert.rejects(ann.loadRelations('nope'), { code: 'UNKNOWN_RELATION' })
  })

  test('TWI-135 loadRelations gives what some relations hold, or all, by their names', async (t) => {
    await connected(t)
    const { bob } = await family()
    const { pictures, boss } = await bob.loadRelations('pictures', 'boss')
    const given: readonly Picture[] = pictures
    assert.deepEqual(names(given), ['c'])
    assert.equal(boss?.firstName, 'ann')
    const all = await bob.loadRelations()
    assert.deepEqual(
      Object.keys(all),
      [...Object.keys(bob)].filter((name) => name in all),
    )
    assert.equal(all.avatar?.name, 'face')
    assert.deepEqual(all.clubs, [])
  })

  test('TWI-136 D078 loadRelations rejects when one of them fails', async (t) => {
    const pool = await connected(t)
    const { ann } = await family()
    await pool.runOperation('DROP TABLE avatars')
    await assert.rejects(ann.loadRelations('pictures', 'avatar'), /avatars/)
  })

  test('TWI-138 what one record loads by itself is loaded for all that came with it, in one query', async (t) => {
    const pool = await connected(t)
    await family()
    const users = await User.all().orderBy('id')
    await expectQueries(pool, 1, async () => {
      for (const user of users) await user.pictures.get()
    })
    await expectQueries(pool, 1, () => Promise.all(users.map((user) => user.avatar.get())))
    await expectQueries(pool, 1, async () => {
      for (const user of users) for (const pic of await user.pictures.get()) await pic.user.get()
    })
    assert.equal(users[0]?.pictures.isLoaded, true)
    assert.equal(users[0]?.boss.isLoaded, false)
    await picture('new', users[0])
    assert.equal((await users[0]?.pictures.get())?.length, 2)
    assert.equal((await (await users[0]!.pictures.reload()).get()).length, 3)
  })

  test('a failure while all load together is everybody’s, and the next attempt works', async (t) => {
    const pool = await connected(t)
    await family()
    const users = await User.all()
    await pool.runOperation('ALTER TABLE pictures RENAME TO hidden')
    const given = await Promise.allSettled(users.map((user) => user.pictures.get()))
    assert.deepEqual(
      given.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    await pool.runOperation('ALTER TABLE hidden RENAME TO pictures')
    assert.equal((await users[0]?.pictures.get())?.length, 2)
  })

  test('SQO-125 strictLoading refuses what was not included, of whatever the query gave', async (t) => {
    await connected(t)
    await family()
    const [ann] = await User.where({ firstName: 'ann' }).strictLoading().include('pictures')
    assert.deepEqual(names(await ann!.pictures.get()), ['a', 'b'])
    const strictly = { code: 'NOT_LOADED', message: /User.avatar is not loaded, and this record loads strictly/ }
    await assert.rejects(ann!.avatar.get(), strictly)
    await assert.rejects(ann!.avatar.load(), strictly)
    await assert.rejects(ann!.pictures.value[0]!.user.get(), { code: 'NOT_LOADED' })
    assert.equal(await ann!.avatar.count(), 0)
    assert.equal((await ann!.pictures.get({ where: { name: 'a' } })).length, 1)
    const [free] = await User.where({ firstName: 'ann' })
    assert.equal(await free!.avatar.get(), null)
  })

  test('loads of more owners than one statement takes values', async (t) => {
    const pool = await connected(t)
    await pool.insertMany(
      'users',
      Array.from({ length: 40_000 }, (_, at) => ({ id: at + 1, first_name: `${at}` })),
    )
    await pool.insertMany(
      'pictures',
      Array.from({ length: 40_000 }, (_, at) => ({ name: `${at}`, user_id: at + 1 })),
    )
    // 16,384 and 32,768 values are what one statement is given.
    const [loads, back] = pool.dialect === 'sqlite' ? [3, 3] : [2, 2]
    const users = await expectQueries(pool, 1 + loads, () => User.all().include('pictures'))
    assert.ok(users.every(({ firstName, pictures }) => pictures.value[0]?.name === firstName))
    await expectQueries(pool, back, () => users[0]!.pictures.value[0]!.user.get())
    await expectQueries(pool, 0, () => users.at(-1)!.pictures.value[0]!.user.get())
  })
})
