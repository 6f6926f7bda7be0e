import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IntegrityError, SqlError } from 'offloop'
import { gte, ModelError, ValidationError } from 'offloop/record'
import { sql } from '../../../src/sql/index.ts'
import { onTunedAndServers } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { opened, SetClock, sent } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const clock = new SetClock()
  const o = opened(suite, database, { connect: { now: clock.now } })
  const rows = (where = '1 = 1') =>
    o.pool.runQuery<unknown[]>(`SELECT name, age, role FROM people WHERE ${where} ORDER BY id`, [], {
      rowMode: 'array',
    })
  const empty = () => o.Person.deleteAll()

  test('TWI-152 TWI-153 rows are inserted by the names of their attributes; what one does not give is its default', async () => {
    await empty()
    const count = await o.Person.insertMany([
      { name: 'a', age: 1 },
      { age: 2, name: 'b' },
      { role: 'admin', name: 'c' },
      { name: 'd', data: { tags: ['x'] } },
    ])
    assert.equal(count, 4)
    assert.deepEqual(await rows(), [
      ['a', 1, 'guest'],
      ['b', 2, 'guest'],
      ['c', null, 'admin'],
      ['d', null, 'guest'],
    ])
    assert.deepEqual((await o.Person.where({ name: 'd' }).first())?.data, { tags: ['x'] })
  })

  test('TWI-152 rows of one kind are one statement, all or none; the error says which row', async () => {
    await empty()
    const many = Array.from({ length: 5000 }, (_, at) => ({ name: `p${at}`, age: at }))
    const statements = await sent(o.pool, async () => assert.equal(await o.Person.insertMany(many), 5000))
    assert.equal(new Set(statements).size, 1)
    const twice = [{ name: 'x' }, { name: 'y' }, { name: 'p7' }]
    const error = await rejectionOf(() => o.Person.insertMany(twice))
    assert.ok(error instanceof IntegrityError)
    assert.equal(error.index, 2)
    const mixed = [{ name: 'x' }, { id: 77_777, name: 'y' }, { name: 'z' }, { name: 'p7' }]
    const other = await rejectionOf(() => o.Person.insertMany(mixed))
    assert.ok(other instanceof IntegrityError)
    assert.equal(other.index, 3)
    assert.equal(await o.Person.all().count(), 5000)
  })

  test('TWI-154 no rows send nothing', async () => {
    const statements = await sent(o.pool, async () => {
      assert.equal(await o.Person.insertMany([]), 0)
      assert.equal(await o.Person.upsertMany([]), 0)
      assert.deepEqual(await o.Person.create([]), [])
    })
    assert.deepEqual(statements, [])
    assert.equal(await o.Person.insertMany(new Set<never>()), 0)
  })

  test('rows come from iterables and async iterables too, which are closed whatever happens', async () => {
    await empty()
    const closed: string[] = []
    function* some() {
      try {
        yield { name: 'one' }
        yield { name: 'two', age: 2 }
      } finally {
        closed.push('some')
      }
    }
    async function* later() {
      try {
        for (const row of some()) yield { ...row, name: `later ${row.name}` }
        yield { name: 'one' }
        yield { name: 'never asked for' }
      } finally {
        closed.push('later')
      }
    }
    assert.equal(await o.Person.insertMany(some()), 2)
    const error = await rejectionOf(() => o.Person.insertMany(later()))
    assert.ok(error instanceof IntegrityError)
    assert.deepEqual(closed, ['some', 'some', 'later'])
    assert.equal(await o.Person.all().count(), 2)
    const mine = new Error('mine')
    async function* broken() {
      yield { name: 'before' }
      throw mine
    }
    assert.equal(await rejectionOf(() => o.Person.insertMany(broken())), mine)
    assert.equal(await o.Person.all().count(), 2)
  })

  test('onProgress tells how many rows the database has taken, forward only, and what it throws undoes all', async () => {
    await empty()
    const told: number[] = []
    const onProgress = (rows: number) => void told.push(rows)
    const many = Array.from({ length: 3000 }, (_, at) => ({ name: `n${at}` }))
    assert.equal(await o.Person.insertMany(many, { onProgress }), 3000)
    assert.equal(told.at(-1), 3000)
    assert.deepEqual(
      told,
      [...new Set(told)].sort((a, b) => a - b),
    )
    assert.ok(told.length > 1)
    told.length = 0
    const mixed = [...many.map(({ name }) => ({ name: `other ${name}` })), { name: 'last', age: 3 }]
    assert.equal(await o.Person.insertMany(mixed, { onProgress }), 3001)
    assert.equal(told.at(-1), 3001)
    assert.deepEqual(
      told,
      [...new Set(told)].sort((a, b) => a - b),
    )
    const mine = new Error('mine')
    const refuse = async () => {
      throw mine
    }
    const error = await rejectionOf(() => o.Person.insertMany([{ name: 'never' }], { onProgress: refuse }))
    assert.equal(error, mine)
    told.length = 0
    const again = [{ name: 'n1', age: 1 }, { name: 'new' }]
    assert.equal(await o.Person.upsertMany(again, { conflict: 'name', onProgress }), 2)
    assert.equal(told.at(-1), 2)
    assert.equal(await o.Person.count(), 6002)
    await empty()
  })

  test('options of many rows are refused when they are wrong; a signal gives the call up', async () => {
    const rows = [{ id: 1, name: 'never' }]
    for (const wrong of [{ onProgress: 7 }, { batches: 3 }, { timeout: -1 }, null]) {
      await assert.rejects(o.Person.insertMany(rows, wrong as never), { code: 'INVALID_OPTION' })
      await assert.rejects(o.Person.upsertMany(rows, wrong as never), { code: 'INVALID_OPTION' })
      await assert.rejects(o.Person.insertMany(new Set(rows), wrong as never), { code: 'INVALID_OPTION' })
    }
    const signal = AbortSignal.abort()
    await assert.rejects(o.Person.insertMany(rows, { signal }), { kind: 'aborted' })
    await assert.rejects(o.Person.insertMany(new Set(rows), { signal }), { kind: 'aborted' })
    assert.equal(await o.Person.count(), 0)
  })

  test('a row that does not fit is refused by its place, and nothing is written', async () => {
    await empty()
    const cases: readonly [unknown, RegExp][] = [
      [[{ name: 'a' }, { name: 'b', nope: 1 }], /Person has no attribute "nope"/],
      [[{ name: 'a' }, { name: 'b', age: 'old' }], /Person\.age must be a whole number/],
      [[{ name: 'a' }, 'text'], /a row of Person is an object/],
      [[{ name: 'a' }, null], /a row of Person is an object/],
    ]
    for (const [given, message] of cases) {
      const error = await rejectionOf(() => o.Person.insertMany(given as never))
      assert.ok(error instanceof SqlError)
      assert.match(error.message, message)
      assert.equal(error.index, 1)
    }
    for (const given of [null, 7, 'text', {}]) {
      await assert.rejects(o.Person.insertMany(given as never), { code: 'INVALID_QUERY' })
    }
    assert.equal(await o.Person.all().count(), 0)
  })

  test('kept attributes are filled in, and keys that nobody fills in are refused', async () => {
    clock.time = new Date('2026-05-01T00:00:00.000Z')
    await o.Note.insertMany([{ text: 'a' }, { text: 'b', createdAt: new Date(0) }])
    const [a, b] = await o.Note.all().orderBy('id')
    assert.deepEqual(
      [a?.createdAt, b?.createdAt, a?.updatedAt, b?.lockVersion],
      [clock.time, new Date(0), clock.time, 0],
    )
    const error = await rejectionOf(() => o.Seat.insertMany([{ row: 1, number: 1 }, { row: 1 }]))
    assert.deepEqual([(error as SqlError).code, (error as SqlError).index], ['MISSING_KEY', 1])
  })

  test('TWI-144 SQO-028 what is written in bulk joins the transaction', async () => {
    await empty()
    await o.Person.insertMany([{ name: 'stays' }])
    const mine = new Error('mine')
    const work = o.db.transaction(async () => {
      await o.Person.insertMany([{ name: 'a' }])
      await o.Person.where({ name: 'stays' }).updateAll({ age: 7 })
      await o.Person.upsert({ name: 'b' }, { conflict: 'name' })
      await o.Person.where({ name: 'a' }).deleteAll()
      assert.equal(await o.Person.all().count(), 2)
      throw mine
    })
    assert.equal(await rejectionOf(() => work), mine)
    assert.deepEqual(await rows(), [['stays', null, 'guest']])
  })

  test('create of several saves all of them or none', async () => {
    await empty()
    const records = await o.Person.create([{ name: 'a' }, { name: 'b', age: 2 }])
    assert.deepEqual(
      records.map(({ isNew, name }) => [isNew, name]),
      [
        [false, 'a'],
        [false, 'b'],
      ],
    )
    await assert.rejects(o.Person.create([{ name: 'c' }, { name: 'a' }]), { kind: 'unique' })
    assert.equal(await o.Person.all().count(), 2)
  })

  test('TWI-084 TWI-156 deleteAll deletes what the query means, in one statement, and gives the number', async () => {
    await empty()
    await o.Person.insertMany(Array.from({ length: 10 }, (_, age) => ({ name: `n${age}`, age })))
    const statements = await sent(o.pool, async () => {
      assert.equal(await o.Person.where({ age: gte(8) }).deleteAll(), 2)
      assert.equal(await o.Person.where({ age: 100 }).deleteAll(), 0)
    })
    assert.equal(statements.length, 2)
    assert.equal(await o.Person.all().orderBy('-age').limit(2).offset(1).deleteAll(), 2)
    assert.deepEqual(await o.Person.all().orderBy('age').pluck('age'), [0, 1, 2, 3, 4, 7])
    assert.equal(await o.Person.all().limit(0).deleteAll(), 0)
    assert.equal(await o.Person.deleteAll(), 6)
    await o.Seat.insertMany([1, 2, 3].map((number) => ({ row: 1, number })))
    assert.equal(await o.Seat.all().orderBy('-number').limit(1).deleteAll(), 1)
    assert.deepEqual(await o.Seat.all().pluck('number'), [1, 2])
  })

  test('TWI-155 updateAll writes values or SQL into what the query means; none are a no-op', async () => {
    await empty()
    await o.Person.insertMany([1, 2, 3].map((age) => ({ name: `n${age}`, age })))
    assert.equal(await o.Person.where({ age: gte(2) }).updateAll({ age: sql`age + ${10}`, role: 'admin' }), 2)
    assert.deepEqual(await rows(), [
      ['n1', 1, 'guest'],
      ['n2', 12, 'admin'],
      ['n3', 13, 'admin'],
    ])
    assert.deepEqual(await sent(o.pool, () => o.Person.updateAll({})), [])
    assert.equal(await o.Person.all().orderBy('age').limit(1).updateAll({ age: null }), 1)
    assert.deepEqual(await rows('age IS NULL'), [['n1', null, 'guest']])
    // @ts-expect-error no such attribute
    await assert.rejects(o.Person.updateAll({ nope: 1 }), ModelError)
    // @ts-expect-error another type
    await assert.rejects(o.Person.updateAll({ age: 'old' }), { code: 'ATTRIBUTE_VALUE' })
    await assert.rejects(o.Person.updateAll({ age: undefined as never }), { code: 'INVALID_QUERY' })
    await assert.rejects(o.Person.updateAll([] as never), { code: 'INVALID_QUERY' })
  })

  test('upsert inserts, or updates the row that is there, and gives the record', async () => {
    await empty()
    const first = await o.Person.upsert({ name: 'u', age: 1 }, { conflict: 'name' })
    assert.deepEqual([first.name, first.age, first.role, first.isNew], ['u', 1, 'guest', false])
    const [statement, ...more] = await sent(o.pool, async () => {
      const second = await o.Person.upsert(
        { name: 'u', age: 2, role: 'admin' },
        { conflict: ['name'], update: ['age'] },
      )
      assert.deepEqual([second.id, second.age, second.role], [first.id, 2, 'guest'])
    })
    if (database.dialect.name === 'mysql')
      assert.match(statement ?? '', /on duplicate key update "age" = .*values\("age"\)/)
    else assert.match(statement ?? '', /on conflict \("name"\) do update set "age" = "excluded"\."age" returning/)
    assert.equal(more.length, database.dialect.name === 'mysql' ? 1 : 0)
    const kept = await o.Person.upsert({ name: 'u', age: 3 }, { conflict: 'name', update: [] })
    assert.deepEqual([kept.id, kept.age], [first.id, 2])
    const country = await o.Country.upsert({ code: 'AT', name: 'x' })
    assert.equal((await o.Country.upsert({ code: 'AT', name: 'Austria' })).name, 'Austria')
    assert.ok(country.equals(await o.Country.find('AT')))
  })

  test('upsert keeps createdAt, and counts the version and the time up', async () => {
    clock.time = new Date('2026-01-01T00:00:00.000Z')
    const { id, createdAt } = await o.Note.upsert({ id: 500, text: 'a' })
    clock.time = new Date('2026-06-01T00:00:00.000Z')
    const again = await o.Note.upsert({ id, text: 'b' })
    assert.deepEqual([again.createdAt, again.updatedAt, again.lockVersion], [createdAt, clock.time, 1])
    const some = await o.Note.upsert({ id, text: 'c' }, { update: ['text'] })
    assert.deepEqual([some.text, some.lockVersion], ['c', 2])
  })

  test('upsertMany writes many rows, of several kinds, all or none', async () => {
    await empty()
    await o.Person.insertMany([{ name: 'a', age: 1 }])
    const given = [
      { name: 'a', age: 10 },
      { name: 'b', age: 20 },
      { name: 'c', role: 'admin' as const },
    ]
    assert.equal(await o.Person.upsertMany(given, { conflict: 'name' }), 3)
    assert.deepEqual(await rows(), [
      ['a', 10, 'guest'],
      ['b', 20, 'guest'],
      ['c', null, 'admin'],
    ])
    // @ts-expect-error no such attribute
    await assert.rejects(o.Person.upsert({ name: 'a' }, { conflict: 'nope' }), { code: 'UNKNOWN_ATTRIBUTE' })
    await assert.rejects(o.Person.upsert({ name: 'a' }), /knows a row by id, which a row does not give/)
    await assert.rejects(o.Person.upsert({ name: 'a' }, { conflicts: 'x' } as never), { code: 'INVALID_OPTION' })
  })

  test('TWI-078 findOrCreate gives the first record with these values, or makes one', async () => {
    await empty()
    const made = await o.Person.findOrCreate({ name: 'f' }, { age: 1 })
    assert.deepEqual([made.wasCreated, made.age, made.isNew], [true, 1, false])
    const statements = await sent(o.pool, async () => {
      const found = await o.Person.findOrCreateBy({ name: 'f' }, { age: 2 })
      assert.deepEqual([found.wasCreated, found.age, found.id], [false, 1, made.id])
    })
    assert.equal(statements.length, 1)
    const nobody = await o.Order.findOrCreate({ group: null })
    assert.ok((await o.Order.findOrCreate({ group: null })).equals(nobody))
    // @ts-expect-error name is needed to make one
    await assert.rejects(o.Person.findOrCreate({ age: 77 }), { code: 'MISSING_ATTRIBUTE' })
    await assert.rejects(o.Person.findOrCreate({ name: undefined as never }), { code: 'INVALID_QUERY' })
  })

  test('TWI-081 findOrCreate of what is not valid rejects, tells why, and writes nothing', async () => {
    await empty()
    class Named extends o.Person {
      static {
        this.validatesLengthOf('name', { min: 3 })
      }
    }
    const error = await rejectionOf(() => Named.findOrCreate({ name: 'x' }))
    assert.ok(error instanceof ValidationError)
    assert.match(error.message, /at least 3/)
    assert.equal(await o.Person.all().count(), 0)
  })

  test('TWI-079 TWI-145 TWI-146 inside a transaction it is a savepoint: called twice it makes one row', async () => {
    await empty()
    const mine = new Error('mine')
    const work = () =>
      o.db.transaction(async () => {
        const first = await o.Person.findOrCreate({ name: 'once' })
        const second = await o.Person.findOrCreate({ name: 'once' })
        assert.ok(second.equals(first))
        await o.Person.create({ name: 'after' })
        throw mine
      })
    assert.equal(await rejectionOf(work), mine)
    assert.equal(await o.Person.all().count(), 0)
  })

  test('TWI-080 of many at once exactly one creates it, and all get it', async () => {
    await empty()
    const all = await Promise.all(Array.from({ length: 20 }, () => o.Person.findOrCreate({ name: 'race' })))
    assert.equal(all.filter(({ wasCreated }) => wasCreated).length, 1)
    assert.equal(new Set(all.map(({ id }) => id)).size, 1)
    assert.equal(await o.Person.all().count(), 1)
    // Without an index only a database where one writes at a time lets only one create it.
    if (database.dialect.name !== 'sqlite') return
    const orders = await Promise.all(Array.from({ length: 20 }, () => o.Order.findOrCreate({ group: 'no index' })))
    assert.equal(new Set(orders.map(({ id }) => id)).size, 1)
  })
})
