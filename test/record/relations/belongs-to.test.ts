import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import { Avatar, column, connected, databaseWith, onDatabases, Picture, picture, User, user } from './fixtures.ts'

onDatabases(() => {
  test('TWI-106 SQO-071 SQO-073 get gives the owner, or null when the key is null or leads nowhere; a null key asks nobody', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [owned, alone] = [await picture('a', ann), await picture('b')]
    const dangling = await Picture.create({ name: 'c', userId: 99 })
    const owner: User | null = await owned.user.get()
    assert.equal(owner?.firstName, 'ann')
    assert.equal(await expectQueries(pool, 0, () => alone.user.get()), null)
    assert.equal(await dangling.user.get(), null)
    await assert.rejects(dangling.user.require(), { code: 'NOT_FOUND', message: /Picture.user has no row/ })
    assert.equal(await dangling.user.exists(), false)
    assert.equal(await owned.user.has(ann), true)
  })

  test('TWI-107 set writes the key and nothing else, and gives the record that has it', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const owned = await picture('a')
    owned.name = 'not saved'
    const given: Picture = await expectQueries(pool, 1, () => owned.user.set(ann))
    assert.equal(given, owned)
    assert.equal(owned.userId, ann.id)
    assert.deepEqual({ ...owned.changes }, { name: ['a', 'not saved'] })
    assert.deepEqual(await column(pool, 'pictures', 'name'), ['a'])
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id])
    assert.equal(await owned.user.get(), ann)
    // What it belonged to before is not what it belongs to now.
    owned.userId = null
    assert.equal(await owned.user.get(), ann)
    await owned.save()
    assert.equal(await owned.user.get(), null)
  })

  test('TWI-108 D071 set of an unsaved record, or of another class, writes nothing', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const owned = await picture('a', ann)
    await assert.rejects(owned.user.set(new User({ firstName: 'new' })), { code: 'REFERENCE_NOT_SAVED' })
    await assert.rejects(owned.user.set(owned as never), { code: 'WRONG_RECORD' })
    await assert.rejects(owned.user.set(undefined as never), { code: 'WRONG_RECORD' })
    await assert.rejects(owned.user.set(ann.id as never), { code: 'WRONG_RECORD', message: /not a number/ })
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [ann.id])
    assert.equal(owned.userId, ann.id)
    await pool.runOperation('DELETE FROM pictures')
    await assert.rejects(owned.user.set(null), { code: 'STALE_RECORD' })
    assert.equal(owned.userId, ann.id)
  })

  test('TWI-109 set validates nothing but what it writes: other changes wait for save()', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const owned = await picture('a')
    owned.name = null as never
    await owned.user.set(ann)
    assert.deepEqual(await column(pool, 'pictures', 'name'), ['a'])
    await assert.rejects(owned.save())
  })

  test('TWI-110 clear makes the key null', async (t) => {
    const pool = await connected(t)
    const owned = await picture('a', await user('ann'))
    await owned.user.clear()
    assert.equal(owned.userId, null)
    assert.equal(await owned.user.get(), null)
    assert.deepEqual(await column(pool, 'pictures', 'user_id'), [null])
  })

  test('SQO-184 create makes the record that another belongs to', async (t) => {
    await connected(t)
    const owned = await picture('a')
    const made = await owned.user.create({ firstName: 'made' })
    assert.equal(owned.userId, made.id)
    assert.equal(await owned.user.get(), made)
  })

  test('TWI-100 SQO-182 the field’s own name says the key first: a record can belong to another of its class', async (t) => {
    await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    await bob.boss.set(ann)
    assert.equal(bob.bossId, ann.id)
    assert.deepEqual(await ann.reports.get(), [await User.find(bob.id)])
    assert.equal(await ann.reports.query().where({ firstName: 'bob' }).count(), 1)
  })

  class Country extends Model('countries', { id: c.integer().primaryKey(), code: c.text().unique() }) {
    cities = this.hasMany(() => City, { primaryKey: 'code', foreignKey: 'countryCode' })
  }
  class City extends Model('cities', {
    id: c.integer().primaryKey(),
    countryCode: c.text('country_code').nullable(),
    twinId: c
      .integer('twin_id')
      .nullable()
      .references(() => Country),
  }) {
    country = this.belongsTo(() => Country, { primaryKey: 'code', foreignKey: 'countryCode' })
    partner = this.belongsTo(() => Country)
  }

  test('TWI-105 SQO-072 a key may refer to another attribute than the key', async (t) => {
    await databaseWith(
      t,
      [
        'CREATE TABLE countries (id INTEGER PRIMARY KEY, code TEXT UNIQUE)',
        'CREATE TABLE cities (id INTEGER PRIMARY KEY, country_code TEXT, twin_id INTEGER)',
      ],
      [Country, City],
    )
    const [france, spain] = [await Country.create({ code: 'fr' }), await Country.create({ code: 'es' })]
    const city = await City.create({})
    await city.country.set(spain)
    assert.equal(city.countryCode, 'es')
    assert.equal((await city.country.get())?.id, spain.id)
    await france.cities.set([city])
    assert.equal(city.countryCode, 'fr')
    assert.deepEqual(await spain.cities.get(), [])
    // Found by what the column is declared to refer to.
    await city.partner.set(spain)
    assert.equal(city.twinId, spain.id)
  })

  class Author extends Model('people', { id: c.integer().primaryKey() }) {
    drafts = this.hasMany(() => Draft)
    papers = this.hasMany(() => Paper)
  }
  class Draft extends Model('drafts', {
    id: c.integer().primaryKey(),
    writerId: c.integer().references(() => Author),
    editorId: c.integer().references(() => Author),
  }) {
    writer = this.belongsTo(() => Author)
    owner = this.belongsTo(() => Author)
  }
  class Paper extends Model('papers', { id: c.integer().primaryKey(), penId: c.integer() }) {
    pen = this.belongsTo(() => Author)
    ink = this.belongsTo(() => Avatar)
  }

  test('SQO-175 the key is found from the other side, and where two could be meant, or none, the error says so', async (t) => {
    await databaseWith(
      t,
      [
        'CREATE TABLE people (id INTEGER PRIMARY KEY)',
        'CREATE TABLE drafts (id INTEGER PRIMARY KEY, writerId INTEGER, editorId INTEGER)',
        'CREATE TABLE papers (id INTEGER PRIMARY KEY, penId INTEGER)',
      ],
      [Author, Draft, Paper],
    )
    const ann = await Author.create({})
    const paper = await Paper.create({ penId: ann.id })
    assert.deepEqual(await ann.papers.get(), [await Paper.find(paper.id)])
    const draft = await Draft.create({ writerId: ann.id, editorId: ann.id })
    assert.equal((await draft.writer.get())?.id, ann.id)
    const ambiguous = {
      code: 'INVALID_MODEL',
      message: /writerId and editorId of Draft could both be meant: the option foreignKey/,
    }
    await assert.rejects(ann.drafts.get(), ambiguous)
    await assert.rejects(draft.owner.get(), ambiguous)
    await assert.rejects(paper.ink.get(), {
      code: 'INVALID_MODEL',
      message: /no attribute inkId or ink_id or avatarId or avatar_id/,
    })
  })
})
