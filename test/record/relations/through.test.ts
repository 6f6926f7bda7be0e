import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { expectQueries } from 'offloop/testing'
import { Club, column, connected, databaseWith, Membership, names, onDatabases, User, user } from './fixtures.ts'

onDatabases(() => {
  test('SQO-185 records are found through those in between, each once', async (t) => {
    const pool = await connected(t)
    const [ann, bob] = [await user('ann'), await user('bob')]
    const [chess, go] = [await Club.create({ name: 'chess' }), await Club.create({ name: 'go' })]
    for (const [user, club] of [
      [ann, chess],
      [ann, go],
      [ann, chess],
      [bob, go],
    ] as const) {
      await Membership.create({ userId: user.id, clubId: club.id })
    }
    assert.deepEqual(names(await ann.clubs.get()), ['chess', 'go'])
    assert.equal(await expectQueries(pool, 1, () => ann.clubs.count()), 2)
    assert.deepEqual(names(await expectQueries(pool, 1, () => ann.clubs.get({ where: { name: 'go' } }))), ['go'])
    assert.equal(await ann.clubs.has(go), true)
    assert.deepEqual(await go.users.query().pluck('firstName'), ['bob', 'ann'])
    const users = await expectQueries(pool, 3, () => User.all().include('clubs').orderBy('id'))
    assert.deepEqual(
      users.map(({ clubs }) => names(clubs.value)),
      [['chess', 'go'], ['go']],
    )
    const clubs = await Club.all().include('users').orderBy('-id')
    assert.deepEqual(
      clubs[0]?.users.value.map(({ firstName }) => firstName),
      ['bob', 'ann'],
    )
  })

  test('SQO-178 they are added and removed by records in between, which are made and deleted by themselves', async (t) => {
    const pool = await connected(t)
    const ann = await user('ann')
    const [chess, go] = [await Club.create({ name: 'chess' }), await Club.create({ name: 'go' })]
    await ann.clubs.add(chess, chess)
    await ann.clubs.add(chess)
    assert.deepEqual(await column(pool, 'memberships', 'club_id'), [chess.id])
    await ann.clubs.set([go])
    assert.deepEqual(await column(pool, 'memberships', 'club_id'), [go.id])
    const made = await ann.clubs.create({ name: 'made' })
    assert.deepEqual(names(await ann.clubs.get()), ['go', 'made'])
    await ann.clubs.remove(made)
    await ann.clubs.clear()
    assert.deepEqual(await column(pool, 'memberships', 'club_id'), [])
    assert.equal(await Club.all().count(), 3)
    await assert.rejects(ann.clubs.add(new Club({ name: 'x' })), { code: 'REFERENCE_NOT_SAVED' })
  })

  class Country extends Model('countries', { id: c.integer().primaryKey(), name: c.text() }) {
    towns = this.hasMany(() => Town)
    streets = this.hasMany(() => Street, { through: 'towns' })
    houses = this.hasMany(() => House, { through: 'streets', orderBy: '-name' })
    nothing = this.hasMany(() => Country, { through: 'towns' })
    missing = this.hasMany(() => Country, { through: 'rivers' })
  }
  class Town extends Model('towns', { id: c.integer().primaryKey(), name: c.text(), countryId: c.integer() }) {
    streets = this.hasMany(() => Street)
  }
  class Street extends Model('streets', { id: c.integer().primaryKey(), name: c.text(), townId: c.integer() }) {
    houses = this.hasMany(() => House)
  }
  class House extends Model('houses', { id: c.integer().primaryKey(), name: c.text(), streetId: c.integer() }) {}

  test('a way may be of any length, and the order is the last one’s', async (t) => {
    const pool = await databaseWith(
      t,
      [
        'CREATE TABLE countries (id INTEGER PRIMARY KEY, name TEXT)',
        'CREATE TABLE towns (id INTEGER PRIMARY KEY, name TEXT, countryId INTEGER)',
        'CREATE TABLE streets (id INTEGER PRIMARY KEY, name TEXT, townId INTEGER)',
        'CREATE TABLE houses (id INTEGER PRIMARY KEY, name TEXT, streetId INTEGER)',
      ],
      [Country, Town, Street, House],
    )
    for (const name of ['a', 'b']) {
      const country = await Country.create({ name })
      for (const at of [1, 2]) {
        const town = await country.towns.create({ name: `${name}${at}` })
        const street = await town.streets.create({ name: `${name}${at}` })
        await street.houses.create({ name: `${name}${at}-1` })
        await street.houses.create({ name: `${name}${at}-2` })
      }
    }
    const [first] = await expectQueries(pool, 4, () => Country.all().include('houses').orderBy('id'))
    assert.deepEqual(names(first!.houses.value), ['a2-2', 'a2-1', 'a1-2', 'a1-1'])
    assert.deepEqual(names(await first!.houses.get({ where: { name: ['a1-1', 'b1-1', 'a2-1'] } })), ['a2-1', 'a1-1'])
    assert.equal(await first!.streets.count(), 2)
    await assert.rejects(first!.streets.set([]), { code: 'INVALID_MODEL', message: /only be read/ })
    await assert.rejects(first!.houses.clear(), { code: 'INVALID_MODEL' })
    await assert.rejects(first!.nothing.get(), {
      code: 'INVALID_MODEL',
      message: /no relation of Town leads to Country/,
    })
    await assert.rejects(first!.missing.get(), { code: 'UNKNOWN_RELATION', message: /"rivers"; it has towns, streets/ })
  })
})
