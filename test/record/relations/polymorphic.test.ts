import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import { refuse } from '../tables.ts'
import {
  Avatar,
  column,
  connected,
  databaseWith,
  Nickname,
  names,
  onDatabases,
  Picture,
  picture,
  User,
  user,
} from './fixtures.ts'

async function nickname(value: string): Promise<Nickname> {
  return await Nickname.create({ value })
}
const values = (nicknames: readonly Nickname[]) => nicknames.map(({ value }) => value)

onDatabases(() => {
  test('TWI-111 get finds class and row by what the database has, not by what was assigned since', async (t) => {
    await connected(t)
    const [ann, pic] = [await user('ann'), await picture('p')]
    const [one, other] = [await nickname('a'), await nickname('b')]
    await one.nicknameable.set(ann)
    await other.nicknameable.set(pic)
    const owner: User | Picture | null = await (await Nickname.find(one.id))!.nicknameable.get()
    assert.ok(owner instanceof User)
    const { firstName } = owner
    assert.equal(firstName, 'ann')
    const again = await Nickname.find(one.id)
    again!.nicknameableType = 'Picture'
    assert.ok((await again!.nicknameable.get()) instanceof User)
    assert.ok((await other.nicknameable.get()) instanceof Picture)
  })

  test('TWI-112 D073 with nothing set, and after clear(), it is null', async (t) => {
    const pool = await connected(t)
    await user('ann')
    const one = await nickname('a')
    assert.equal(await expectQueries(pool, 0, () => one.nicknameable.get()), null)
    await one.nicknameable.set((await User.find(1))!)
    assert.equal(await one.nicknameable.exists(), true)
    await one.nicknameable.clear()
    assert.equal(await one.nicknameable.get(), null)
    assert.deepEqual([one.nicknameableId, one.nicknameableType], [null, null])
    const half = await Nickname.create({ value: 'x', nicknameableType: 'User' })
    assert.equal(await half.nicknameable.get(), null)
    const gone = await Nickname.create({ value: 'x', nicknameableType: 'User', nicknameableId: 99 })
    assert.equal(await gone.nicknameable.get(), null)
  })

  test('TWI-113 set writes class and key; what it does not know is refused', async (t) => {
    const pool = await connected(t)
    const pic = await picture('p')
    const one = await nickname('a')
    assert.equal(await one.nicknameable.set(pic), one)
    assert.deepEqual([one.nicknameableId, one.nicknameableType], [pic.id, 'Picture'])
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_type'), ['Picture'])
    assert.equal(await one.nicknameable.get(), pic)
    await assert.rejects(one.nicknameable.set(new User({ firstName: 'x' })), { code: 'REFERENCE_NOT_SAVED' })
    const avatar = await Avatar.create({ name: 'x' })
    // @ts-expect-error an avatar has no nicknames
    await assert.rejects(one.nicknameable.set(avatar), {
      code: 'WRONG_RECORD',
      message: /User, Picture, not of Avatar/,
    })
    await assert.rejects(one.nicknameable.set({} as never), { code: 'WRONG_RECORD' })
    await pool.runOperation("UPDATE nicknames SET nicknameable_type = 'Planet'")
    await assert.rejects((await Nickname.find(one.id))!.nicknameable.get(), {
      code: 'INVALID_MODEL',
      message: /"Planet", and it knows User, Picture/,
    })
  })

  test('TWI-102 TWI-123 records of several classes have children of one, and the same key mixes nobody up', async (t) => {
    await connected(t)
    const [ann, pic] = [await user('ann'), await picture('p')]
    assert.equal(ann.id, pic.id)
    const [a, b, d] = [await nickname('a'), await nickname('b'), await nickname('d')]
    await ann.nicknames.set([a, b])
    await pic.nicknames.set([d])
    assert.deepEqual(values(await ann.nicknames.get({})), ['a', 'b'])
    assert.deepEqual(values(await pic.nicknames.get({})), ['d'])
    assert.equal(await pic.nicknames.count(), 1)
    assert.deepEqual([d.nicknameableId, d.nicknameableType], [pic.id, 'Picture'])
    const made = await pic.nicknames.create({ value: 'e' })
    assert.equal(made.nicknameableType, 'Picture')
    assert.deepEqual(await pic.nicknames.has(a), false)
    await pic.nicknames.remove(a)
    assert.equal((await a.reload()).nicknameableType, 'User')
  })

  test('TWI-121 D072 set lets those before go, clear lets all go, in both columns', async (t) => {
    const pool = await connected(t)
    const [ann, pic] = [await user('ann'), await picture('p')]
    const [a, b, d] = [await nickname('a'), await nickname('b'), await nickname('d')]
    await pic.nicknames.set([d])
    await ann.nicknames.set([a])
    await ann.nicknames.set([b])
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_type'), [null, 'User', 'Picture'])
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_id'), [null, ann.id, pic.id])
    await ann.nicknames.clear()
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_id'), [null, null, pic.id])
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_type'), [null, null, 'Picture'])
  })

  test('TWI-122 D074 the first failure rejects, and all is as it was', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [a, b] = [await nickname('a'), await nickname('b')]
    await ann.nicknames.set([a])
    await refuse(pool, {
      name: 'no_more',
      event: 'UPDATE',
      table: 'nicknames',
      when: 'new.nicknameable_id IS NOT NULL',
    })
    await assert.rejects(ann.nicknames.set([b]), /no/)
    assert.deepEqual(await column(pool, 'nicknames', 'nicknameable_id'), [ann.id, null])
    assert.deepEqual([a.nicknameableId, b.nicknameableId], [ann.id, null])
  })

  test('owners of several classes are loaded with one query for each class, and what they own in turn', async (t) => {
    const pool = await connected(t)
    const [ann, bob, pic] = [await user('ann'), await user('bob'), await picture('p')]
    await picture('q', ann)
    for (const [at, owner] of [ann, bob, pic, ann].entries()) await (await nickname(`${at}`)).nicknameable.set(owner)
    await nickname('none')
    const all = await expectQueries(pool, 6, () =>
      Nickname.all()
        .include({ nicknameable: ['pictures', 'nicknames'] })
        .orderBy('id'),
    )
    const [first, , third, , none] = all
    const owner = first?.nicknameable.value
    assert.ok(owner instanceof User)
    assert.deepEqual(names(owner.pictures.value), ['q'])
    assert.deepEqual(values(third?.nicknameable.value?.nicknames.value ?? []), ['2'])
    assert.equal(none?.nicknameable.value, null)
  })

  class Tag extends Model('tags', {
    id: c.integer().primaryKey(),
    subjectId: c.text('subject_id').nullable(),
    kind: c.text().made(),
  }) {
    subject = this.belongsToAny(() => ({ place: Place, thing: Thing }), { foreignType: 'kind' })
  }
  class Place extends Model('places', { id: c.integer().primaryKey() }) {
    tags = this.hasMany(() => Tag, { as: 'subject' })
  }
  class Thing extends Model('things', { code: c.text().primaryKey() }) {
    tags = this.hasMany(() => Tag, { as: 'subject', dependent: 'delete' })
  }
  class Wrong extends Model('places', { id: c.integer().primaryKey() }) {
    tags = this.hasMany(() => Tag, { as: 'nothing' })
  }

  test('TWI-098 classes may have words of their own, and keys of several types may stand as text', async (t) => {
    const pool = await databaseWith(
      t,
      [
        'CREATE TABLE tags (id INTEGER PRIMARY KEY, subject_id TEXT, kind TEXT NOT NULL)',
        'CREATE TABLE places (id INTEGER PRIMARY KEY)',
        'CREATE TABLE things (code TEXT PRIMARY KEY)',
      ],
      [Tag, Place, Thing, Wrong],
    )
    const [place, thing] = [await Place.create({}), await Thing.create({ code: 'x' })]
    await place.tags.create({})
    await thing.tags.create({})
    assert.deepEqual(await column(pool, 'tags', 'kind'), ['place', 'thing'])
    assert.deepEqual(await column(pool, 'tags', 'subject_id'), ['1', 'x'])
    const [first, second] = await Tag.all().orderBy('id')
    assert.equal(((await first!.subject.get()) as Place).id, place.id)
    assert.equal(((await second!.subject.get()) as Thing).code, 'x')
    assert.equal((await Place.all().include('tags'))[0]?.tags.value.length, 1)
    await thing.delete()
    assert.deepEqual(await column(pool, 'tags', 'kind'), ['place'])
    const wrong = await Wrong.create({})
    await assert.rejects(wrong.tags.get(), { code: 'INVALID_MODEL', message: /Tag must have a field nothing/ })
  })
})
