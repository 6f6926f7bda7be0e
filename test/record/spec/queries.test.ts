import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionPool, ProgrammingError } from 'offloop'
import { column as c, connect, gte, Model, oneOf, sql } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { collect, refused, rejectionOf } from '../../pool/expect.ts'
import { prepare } from '../tables.ts'

/** People with as many pets as their number says. */
async function people(pool: ConnectionPool, count = 0) {
  class Person extends Model('people', {
    id: c.integer().primaryKey(),
    name: c.text(),
    age: c.integer().nullable(),
    bossId: c.integer('boss_id').nullable(),
  }) {
    boss = this.belongsTo(() => Person, { foreignKey: 'bossId' })
    pets = this.hasMany(() => Pet)
  }
  class Pet extends Model('pets', { id: c.integer().primaryKey(), personId: c.integer('person_id') }) {
    person = this.belongsTo(() => Person)
  }
  connect(pool, [Person, Pet])
  await prepare(pool, 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER, boss_id INTEGER)')
  await prepare(pool, 'CREATE TABLE pets (id INTEGER PRIMARY KEY, person_id INTEGER)')
  await pool.insertMany(
    'people',
    Array.from({ length: count }, (_, i) => ({
      id: i + 1,
      name: `person ${i + 1}`,
      age: i + 1,
      boss_id: i === 0 ? null : 1,
    })),
  )
  await pool.insertMany(
    'pets',
    Array.from({ length: count }, (_, i) => Array.from({ length: i + 1 }, () => ({ person_id: i + 1 }))).flat(),
  )
  return { Person, Pet }
}

onTunedAndServers((database) => {
  test('SEE-011 findBy gives those that have these values, and tells how many', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool)
    for (const age of [25, 25, 26]) await Person.create({ name: 'John', age })
    const found = await Person.findBy({ name: 'John', age: 25 })
    assert.equal(found.length, 2)
    assert.equal(await Person.findBy({ name: 'John', age: 25 }).count(), 2)
  })

  test('SQO-042 a default scope sorts and filters what a model gives, unless it is told not to', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool, 4)
    class Sorted extends Person {}
    Sorted.defaultScope((query) => query.orderBy('-age'))
    assert.deepEqual(await Sorted.all().pluck('age'), [4, 3, 2, 1])
    assert.deepEqual(await Sorted.where({ age: gte(3) }).pluck('age'), [4, 3])
    assert.deepEqual(await Sorted.all().reorder('age').pluck('age'), [1, 2, 3, 4])
    assert.deepEqual(await Sorted.unscoped().orderBy('age').pluck('age'), [1, 2, 3, 4])
    assert.deepEqual(await Person.orderBy('id').pluck('age'), [1, 2, 3, 4])
  })

  test('SQO-144 D114 records are streamed, and whoever stops or throws gives the connection back at once', async (t) => {
    const pool = openPool(t, database, { max: 2 })
    const { Person } = await people(pool, 40)
    const all = await collect(Person.orderBy('id'))
    assert.deepEqual([all.length, all[39]?.name], [40, 'person 40'])
    for await (const person of Person.orderBy('id')) if (person.id === 3) break
    const thrown = new Error('enough')
    const failing = async () => {
      for await (const _ of Person.all()) throw thrown
    }
    assert.equal(await rejectionOf(failing), thrown)
    const { lanes, waiting } = pool.stats()
    assert.equal(waiting, 0)
    assert.deepEqual(
      lanes.filter(({ state }) => state !== 'idle'),
      [],
    )
    await pool.close()
  })

  test('SQO-146 what is iterated may be deleted meanwhile', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool, 30)
    for await (const person of Person.where({ age: gte(11) })) await person.delete()
    assert.equal(await Person.all().count(), 10)
    for await (const batch of Person.all().inBatches({ size: 3 })) for (const person of batch) await person.delete()
    assert.equal(await Person.all().isEmpty(), true)
  })

  test('SQO-161 a model is joined to itself by the name of the relation', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool, 4)
    const query = Person.joins('boss')
      .where({ boss: { name: 'person 1' } })
      .orderBy('id')
    assert.deepEqual(await query.pluck('id'), [2, 3, 4])
    assert.deepEqual(
      await Person.where({ id: oneOf([1, 2]) })
        .whereHasNo('boss')
        .pluck('id'),
      [1],
    )
  })

  test('SQO-166 a limit is a refinement like any other, and gives another query', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool, 5)
    const all = Person.orderBy('id')
    assert.deepEqual(await all.limit(2).pluck('id'), [1, 2])
    assert.deepEqual(await all.limit(2).limit(3).pluck('id'), [1, 2, 3])
    assert.equal((await all).length, 5)
  })

  test('SQO-167 many rows go in at once, and a row with a column that is not there is refused before any', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool)
    assert.equal(await Person.insertMany([{ name: 'ann', age: 3 }, { name: 'bob' }]), 2)
    assert.deepEqual(await Person.orderBy('id').pluck('name', 'age'), [
      ['ann', 3],
      ['bob', null],
    ])
    const error = await rejectionOf(() => Person.insertMany([{ name: 'eve' }, { name: 'eve', nope: 1 } as never]))
    assert.ok(error instanceof Error)
    assert.match(error.message, /nope/)
    assert.equal(await Person.all().count(), 2)
  })

  test('SQO-168 many are updated or deleted by a condition; a condition that turned out undefined is refused', async (t) => {
    const pool = openPool(t, database)
    const { Person } = await people(pool, 5)
    assert.equal(await Person.where({ age: gte(4) }).updateAll({ name: 'old' }), 2)
    assert.equal(await Person.where({ name: 'old' }).deleteAll(), 2)
    for (const where of [undefined, null, { name: undefined }]) {
      await rejectionOf(() => Person.where(where as never).deleteAll())
      await rejectionOf(() => Person.where(where as never).updateAll({ name: 'x' }))
    }
    assert.deepEqual(await Person.orderBy('id').pluck('name'), ['person 1', 'person 2', 'person 3'])
    assert.equal(await Person.deleteAll(), 3)
  })

  test('TWI-077 TWI-143 D033 the SQL of a transaction runs in a thread: the loop turns while it does', async (t) => {
    const pool = openPool(t, database)
    if (pool.dialect !== 'sqlite') return t.skip('the driver of a server does not block')
    const { Person } = await people(pool, 2)
    let turns = 0
    let ended = false
    const turn = setImmediate(function again() {
      turns++
      if (!ended) setImmediate(again)
    })
    try {
      await pool.runInteraction(async () => {
        const before = turns
        await Person.where(
          sql`(WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT count(*) FROM n) > 0`,
        )
        assert.ok(turns > before)
      })
    } finally {
      ended = true
      clearImmediate(turn)
    }
    await refused(() => Person.where(sql`no_such_column = 1`), ProgrammingError, {
      code: 'SQLITE_ERROR',
      kind: 'missing',
    })
  })
})
