import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, gt, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import { refuse, run } from '../tables.ts'
import { column, connected, databaseWith, FavoriteColor, names, onDatabases, picture, User, user } from './fixtures.ts'

async function colors(...given: string[]): Promise<FavoriteColor[]> {
  const made: FavoriteColor[] = []
  for (const name of given) made.push(await FavoriteColor.create({ name }))
  return made
}

onDatabases(() => {
  test('TWI-128 TWI-101 TWI-103 SQO-181 records behind a table of links, with conditions on both, in one query', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [red, green, blue] = await colors('red', 'green', 'blue')
    await ann.colors.set([[red!, { paletteId: 1 }], [green!, { paletteId: 2 }], blue!])
    assert.deepEqual((await column(pool, 'favorite_colors_users', 'palette_id')).sort(), [1, 2, null])
    assert.deepEqual(names(await expectQueries(pool, 1, () => ann.colors.get({ orderBy: 'name' }))), [
      'blue',
      'green',
      'red',
    ])
    assert.deepEqual(names(await ann.colors.get({ where: { name: 'red' } })), ['red'])
    assert.deepEqual(names(await ann.colors.get({ joinWhere: { paletteId: gt(1) } })), ['green'])
    assert.deepEqual(names(await ann.colors.query({ joinWhere: { paletteId: 1 } }).where({ name: ['red', 'blue'] })), [
      'red',
    ])
    const links = await ann.colors.links()
    assert.deepEqual(
      links.map(({ record, attributes }) => [record.name, attributes.paletteId]),
      [
        ['red', 1],
        ['green', 2],
        ['blue', null],
      ],
    )
    const [only] = await ann.colors.links({ joinWhere: { paletteId: 2 } })
    assert.equal(only?.record.name, 'green')
    // @ts-expect-error links have no such attribute
    await assert.rejects(ann.colors.get({ joinWhere: { nope: 1 } }), { code: 'UNKNOWN_ATTRIBUTE' })
    // @ts-expect-error links have no such attribute
    await assert.rejects(ann.colors.set([[red!, { nope: 1 }]]), { code: 'UNKNOWN_ATTRIBUTE' })
    await assert.rejects(ann.colors.set([[red!, { paletteId: 'x' as never }]]), { code: 'ATTRIBUTE_VALUE' })
    assert.equal(await ann.colors.count(), 3)
  })

  test('TWI-130 SQO-180 D075 links to nothing and second links count for nobody', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [red] = await colors('red')
    const sql = 'INSERT INTO favorite_colors_users (favorite_color_id, user_id, palette_id) VALUES (?, ?, ?)'
    for (const values of [
      [red!.id, ann.id, 1],
      [red!.id, ann.id, 2],
      [99, ann.id, 2],
    ])
      await run(pool, sql, values)
    assert.equal(await ann.colors.count(), 1)
    assert.equal(await ann.colors.count({ joinWhere: { paletteId: 1 } }), 1)
    assert.equal(await ann.colors.count({ joinWhere: { paletteId: 3 } }), 0)
    assert.equal(await ann.colors.exists({ joinWhere: { paletteId: 3 } }), false)
    assert.deepEqual(names(await ann.colors.get()), ['red'])
    assert.deepEqual(names(await ann.colors.get({})), ['red'])
    await ann.colors.set([])
    assert.deepEqual(await column(pool, 'favorite_colors_users', 'user_id'), [])
  })

  test('TWI-129 without links the first is null', async (t) => {
    await connected(t)
    const ann = await user('ann')
    assert.equal(await ann.colors.first(), null)
    assert.deepEqual(await ann.colors.get({ limit: 1 }), [])
    assert.deepEqual(await ann.colors.get(), [])
  })

  test('TWI-131 D068 set is one transaction, checked first, and each record is linked once', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [red, green] = await colors('red', 'green')
    await ann.colors.set([red!, red!, green!])
    assert.equal((await column(pool, 'favorite_colors_users', 'user_id')).length, 2)
    await assert.rejects(ann.colors.set([red!, new FavoriteColor({ name: 'x' })]), { code: 'REFERENCE_NOT_SAVED' })
    await assert.rejects(ann.colors.set([(await picture('p')) as never]), { code: 'WRONG_RECORD' })
    assert.equal((await column(pool, 'favorite_colors_users', 'user_id')).length, 2)
    await refuse(pool, {
      name: 'no_green',
      event: 'INSERT',
      table: 'favorite_colors_users',
      when: 'new.favorite_color_id = 3',
    })
    const [blue] = await colors('blue')
    await assert.rejects(ann.colors.set([blue!]))
    assert.deepEqual(names(await ann.colors.get({ orderBy: 'id' })), ['red', 'green'])
  })

  test('TWI-132 clear removes all links, and no record', async (t) => {
    await connected(t)
    const ann = await user('ann')
    await ann.colors.set(await colors('red', 'green'))
    await ann.colors.clear()
    assert.equal(await ann.colors.count(), 0)
    assert.equal(await FavoriteColor.all().count(), 2)
  })

  test('TWI-133 it works from both sides', async (t) => {
    await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    const [red] = await colors('red')
    await red!.users.set([ann, bob])
    assert.deepEqual(names(await ann.colors.get()), ['red'])
    await bob.colors.clear()
    assert.deepEqual(await red!.users.query().pluck('firstName'), ['ann'])
  })

  test('TWI-134 SQO-178 SQO-179 add, remove and has; adding twice links once, and changes the attributes of the link', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [red, green] = await colors('red', 'green')
    await ann.colors.load()
    await ann.colors.add(red!)
    await ann.colors.add([red!, { paletteId: 4 }], green!)
    await ann.colors.add(red!)
    assert.deepEqual((await column(pool, 'favorite_colors_users', 'palette_id')).sort(), [4, null])
    assert.deepEqual(names(await ann.colors.get()), ['green', 'red'])
    assert.equal(await ann.colors.has(red!), true)
    await ann.colors.remove(red!)
    await ann.colors.remove(red!)
    assert.equal(await ann.colors.has(red!), false)
    assert.deepEqual(await ann.colors.get(), [green])
    const blue = await ann.colors.create({ name: 'blue' }, { paletteId: 9 })
    assert.equal(await ann.colors.has(blue), true)
    assert.deepEqual((await column(pool, 'favorite_colors_users', 'palette_id')).sort(), [9, null])
  })

  test('TWI-088 SQO-189 a record that is deleted takes its links with it, and nobody else’s', async (t) => {
    const pool = await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    const [red, green] = await colors('red', 'green')
    await ann.colors.set([red!, green!])
    await bob.colors.set([red!])
    await ann.delete()
    assert.deepEqual(await column(pool, 'favorite_colors_users', 'user_id'), [bob.id])
    await red!.delete()
    assert.deepEqual(await column(pool, 'favorite_colors_users', 'user_id'), [])
    await refuse(pool, { name: 'stay', event: 'DELETE', table: 'users' })
    await bob.colors.set([green!])
    await assert.rejects(bob.delete())
    assert.deepEqual(names(await bob.colors.get()), ['green'])
    assert.equal(await bob.colors.count(), 1)
    assert.equal(bob.isDeleted, false)
  })
})

test('TWI-118 links of any number', async (t) => {
  const pool = await connected(t)
  const ann = await user('ann')
  await pool.insertMany(
    'favorite_colors',
    Array.from({ length: 40_000 }, (_, at) => ({ name: `${at}` })),
  )
  const all = await FavoriteColor.all()
  await ann.colors.set(all)
  assert.equal(await ann.colors.count(), 40_000)
  await ann.colors.set(all.slice(0, 3))
  assert.equal(await ann.colors.count(), 3)
  await ann.colors.remove(...all)
  assert.equal(await ann.colors.count(), 0)
})

class Friend extends Model('friends', { name: c.text().primaryKey() }) {
  friends = this.hasAndBelongsToMany(() => Friend, {
    joinTable: 'friendships',
    foreignKey: 'one',
    associationForeignKey: 'other',
  })
}
class Loner extends Model('loners', { name: c.text().primaryKey() }) {
  others = this.hasAndBelongsToMany(() => Loner)
}

test('SQO-182 SQO-190 records of one class may be linked with each other, by keys that are text', async (t) => {
  const pool = await databaseWith(
    t,
    [
      'CREATE TABLE friends (name TEXT PRIMARY KEY)',
      'CREATE TABLE friendships (one TEXT, other TEXT)',
      'CREATE TABLE loners (name TEXT)',
    ],
    [Friend, Loner],
  )
  const [ann, bob] = [await Friend.create({ name: "ann's" }), await Friend.create({ name: '1); DROP TABLE friends' })]
  await ann.friends.set([bob, ann])
  await bob.friends.add(ann)
  assert.deepEqual(await ann.friends.query().where({ name: "ann's" }).pluck('name'), ["ann's"])
  assert.deepEqual(
    names((await Friend.all().include('friends').orderBy('-name'))[0]?.friends.value ?? []).sort(),
    [bob.name, ann.name].sort(),
  )
  const loner = await Loner.create({ name: 'x' })
  await assert.rejects(loner.others.get(), { code: 'INVALID_MODEL', message: /associationForeignKey/ })
  await ann.delete()
  assert.deepEqual(await column(pool, 'friendships', 'one'), [])
})

test('TWI-090 what was not saved has no links to be removed with it', async (t) => {
  await connected(t)
  await assert.rejects(new User({ firstName: 'x' }).delete(), { code: 'RECORD_NEW' })
})
