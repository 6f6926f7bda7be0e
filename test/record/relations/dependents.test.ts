import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionPool } from 'offloop'
import { column as c, Model, RestrictedError } from 'offloop/record'
import type { Owner } from '../../databases.ts'
import { refuse } from '../tables.ts'
import { column, databaseWith, onDatabases } from './fixtures.ts'

const deleted: string[] = []

class Person extends Model('people', { id: c.integer().primaryKey(), name: c.text(), bossId: c.integer().nullable() }) {
  destroyed = this.hasMany(() => Destroyed, { dependent: 'destroy' })
  gone = this.hasMany(() => Gone, { dependent: 'delete' })
  freed = this.hasMany(() => Freed, { dependent: 'nullify' })
  kept = this.hasMany(() => Kept, { dependent: 'restrict' })
  left = this.hasMany(() => Left)
  one = this.hasOne(() => One, { dependent: 'destroy' })
  boss = this.belongsTo(() => Person)
  reports = this.hasMany(() => Person, { foreignKey: 'bossId', dependent: 'destroy' })
}
const columns = { id: c.integer().primaryKey(), personId: c.integer().nullable() }
class Destroyed extends Model('destroyed', columns) {
  toys = this.hasMany(() => Toy, { dependent: 'destroy' })

  override async delete(): Promise<this> {
    deleted.push(`destroyed ${this.id}`)
    return await super.delete()
  }
}
class Toy extends Model('toys', { id: c.integer().primaryKey(), destroyedId: c.integer().nullable() }) {
  override async delete(): Promise<this> {
    deleted.push(`toy ${this.id}`)
    return await super.delete()
  }
}
class Gone extends Model('gone', columns) {}
class Freed extends Model('freed', columns) {}
class Kept extends Model('kept', columns) {}
class Left extends Model('remaining', columns) {}
class One extends Model('ones', columns) {}
class Strict extends Model('people', { id: c.integer().primaryKey(), name: c.text() }) {
  rows = this.hasMany(() => NotNull, { foreignKey: 'personId', dependent: 'nullify' })
}
class NotNull extends Model('freed', { id: c.integer().primaryKey(), personId: c.integer() }) {}

async function family(owner: Owner): Promise<ConnectionPool> {
  deleted.length = 0
  const tables = ['destroyed', 'gone', 'freed', 'kept', 'remaining', 'ones'].map(
    (name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, personId INTEGER)`,
  )
  return await databaseWith(
    owner,
    [
      'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, bossId INTEGER REFERENCES people (id))',
      ...tables,
      'CREATE TABLE toys (id INTEGER PRIMARY KEY, destroyedId INTEGER REFERENCES destroyed (id))',
    ],
    [Person, Destroyed, Toy, Gone, Freed, Kept, Left, One, Strict, NotNull],
  )
}

async function withAll(name: string): Promise<Person> {
  const person = await Person.create({ name })
  for (const model of [Destroyed, Gone, Freed, Left, One]) await model.create({ personId: person.id })
  const [child] = await person.destroyed.get()
  await child!.toys.create({})
  return person
}

onDatabases(() => {
  test('SQO-186 SQO-192 what belongs to a deleted record is destroyed, deleted, freed or left, as the relation says', async (t) => {
    const pool = await family(t)
    const [ann, bob] = [await withAll('ann'), await withAll('bob')]
    await ann.delete()
    assert.equal(ann.isDeleted, true)
    assert.deepEqual(deleted, ['destroyed 1', 'toy 1'])
    assert.deepEqual(await column(pool, 'destroyed', 'personId'), [bob.id])
    assert.deepEqual(await column(pool, 'toys', 'destroyedId'), [2])
    assert.deepEqual(await column(pool, 'gone', 'personId'), [bob.id])
    assert.deepEqual(await column(pool, 'freed', 'personId'), [null, bob.id])
    assert.deepEqual(await column(pool, 'remaining', 'personId'), [ann.id, bob.id])
    assert.deepEqual(await column(pool, 'ones', 'personId'), [bob.id])
  })

  test('SQO-186 SQO-187 what is kept keeps its owner: nothing at all is deleted, of whichever relation', async (t) => {
    const pool = await family(t)
    const ann = await withAll('ann')
    await ann.kept.create({})
    await assert.rejects(ann.delete(), (error) => {
      assert.ok(error instanceof RestrictedError)
      assert.equal(error.code, 'DEPENDENT_ROWS')
      assert.equal(error.kind, 'foreignKey')
      assert.match(
        error.message,
        /this Person cannot be deleted: rows of kept belong to it \(Person.kept says dependent: 'restrict'\)/,
      )
      return true
    })
    assert.deepEqual(deleted, [])
    assert.equal(ann.isDeleted, false)
    for (const table of ['destroyed', 'gone', 'freed', 'kept', 'ones']) {
      assert.deepEqual(await column(pool, table, 'personId'), [ann.id], table)
    }
  })

  test('SQO-187 a failure on the way undoes what was deleted before it', async (t) => {
    const pool = await family(t)
    const ann = await withAll('ann')
    await refuse(pool, { name: 'stay', event: 'DELETE', table: 'people' })
    await assert.rejects(ann.delete(), /stay/)
    assert.equal(ann.isDeleted, false)
    for (const table of ['destroyed', 'gone', 'freed', 'ones']) {
      assert.deepEqual(await column(pool, table, 'personId'), [ann.id], table)
    }
    assert.equal((await pool.runQuery('SELECT * FROM toys')).length, 1)
  })

  test('SQO-192 records that depend on each other in a circle are deleted once each', async (t) => {
    const pool = await family(t)
    const [ann, bob, cid] = [
      await Person.create({ name: 'ann' }),
      await Person.create({ name: 'bob' }),
      await Person.create({ name: 'cid' }),
    ]
    await bob.boss.set(ann)
    await cid.boss.set(bob)
    await ann.boss.set(cid)
    await Person.create({ name: 'free' })
    await ann.delete()
    assert.deepEqual(await column(pool, 'people', 'name'), ['free'])
    const own = await Person.create({ name: 'own' })
    await own.boss.set(own)
    await own.delete()
    assert.deepEqual(await column(pool, 'people', 'name'), ['free'])
  })

  test('SQO-186 what leaves a relation is dealt with as that relation says', async (t) => {
    const pool = await family(t)
    const ann = await withAll('ann')
    const [child] = await ann.destroyed.get()
    await ann.destroyed.set([])
    assert.deepEqual(deleted, ['destroyed 1', 'toy 1'])
    assert.equal(child?.isDeleted, true)
    await ann.gone.clear()
    assert.deepEqual(await column(pool, 'gone', 'id'), [])
    const freed = await ann.freed.create({})
    await ann.freed.remove(freed)
    assert.equal(freed.personId, null)
    await ann.kept.create({})
    await ann.kept.clear()
    assert.deepEqual(await column(pool, 'kept', 'personId'), [null])
  })

  test('SQO-186 what cannot be without its owner is not freed, and other words are refused', async (t) => {
    const pool = await family(t)
    const row = await Strict.create({ name: 'x' })
    await row.rows.create({})
    const expected = { code: 'INVALID_MODEL', message: /personId of NotNull is not nullable\(\)/ }
    await assert.rejects(row.delete(), expected)
    await assert.rejects(row.rows.clear(), expected)
    await assert.rejects(row.rows.set([]), expected)
    assert.deepEqual(await column(pool, 'freed', 'personId'), [row.id])
    class Wrong extends Model('people', { id: c.integer().primaryKey() }) {
      // @ts-expect-error no such word
      rows = this.hasMany(() => Left, { dependent: 'cascade' })
    }
    assert.throws(() => new Wrong(), {
      code: 'INVALID_OPTION',
      message: /'destroy', 'delete', 'nullify' or 'restrict', not "cascade"/,
    })
  })

  class Team extends Model('teams', { id: c.integer().primaryKey() }) {
    home = this.hasMany(() => Match, { foreignKey: 'homeId', dependent: 'destroy' })
    away = this.hasMany(() => Match, { foreignKey: 'awayId', dependent: 'nullify' })
  }
  class Match extends Model('matches', {
    id: c.integer().primaryKey(),
    homeId: c.integer().nullable(),
    awayId: c.integer().nullable(),
    final: c.boolean().default(false),
  }) {
    static {
      this.beforeDelete((match) => !match.final)
    }
  }
  const MATCHES = [
    'CREATE TABLE teams (id INTEGER PRIMARY KEY)',
    'CREATE TABLE matches (id INTEGER PRIMARY KEY, homeId INTEGER, awayId INTEGER, final INTEGER NOT NULL)',
  ]

  test('SQO-188 of two keys of one row each is dealt with as its own relation says', async (t) => {
    const pool = await databaseWith(t, MATCHES, [Team, Match])
    const [one, other] = [await Team.create({}), await Team.create({})]
    await Match.create({ homeId: one.id, awayId: other.id })
    await Match.create({ homeId: other.id, awayId: one.id })
    await Match.create({ homeId: one.id, awayId: one.id })
    await one.delete()
    assert.deepEqual(await column(pool, 'matches', 'homeId'), [other.id])
    assert.deepEqual(await column(pool, 'matches', 'awayId'), [null])
  })

  test('SQO-192 one whose own callback stops its deletion keeps its owner, and all that belongs to that', async (t) => {
    const pool = await databaseWith(t, MATCHES, [Team, Match])
    const team = await Team.create({})
    await Match.create({ homeId: team.id })
    await Match.create({ homeId: team.id, final: true })
    await assert.rejects(team.delete(), (error) => error instanceof Error)
    assert.equal(team.isDeleted, false)
    assert.deepEqual(await column(pool, 'matches', 'homeId'), [team.id, team.id])
  })
})
