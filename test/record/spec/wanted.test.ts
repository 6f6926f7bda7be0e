import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import { ConnectionPool, UnsupportedValueError } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { refused, rejectionOf } from '../../pool/expect.ts'

const withdrawn = new Error('withdrawn')

onTunedAndServers((database) => {
  test('SQO-198 SQO-199 a record from outside joins the transaction that saves it; one made inside is new again after a rollback', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}
    const pool = openPool(t, database)
    await connect(pool, [User]).createTables()
    const outside = await User.create({ name: 'ann' })
    let inside: User | undefined
    const undone = pool.runInteraction(async () => {
      await outside.update({ name: 'changed' })
      inside = await User.create({ name: 'bob' })
      throw withdrawn
    })
    assert.equal(await rejectionOf(() => undone), withdrawn)
    assert.deepEqual(await User.all().pluck('name'), ['ann'])
    assert.equal(outside.name, 'ann')
    assert.ok(inside)
    assert.deepEqual([inside.name, inside.isNew, inside.id], ['bob', true, null])
    await inside.save()
    assert.deepEqual(await User.orderBy('id').pluck('name'), ['ann', 'bob'])
  })

  test('SQO-200 work follows a commit or a rollback, and knows which it was', async (t) => {
    const pool = openPool(t, database)
    const followed: string[] = []
    const work = (fails: boolean) =>
      pool.runInteraction(async (txn) => {
        txn.afterCommit(() => void followed.push('commit'))
        txn.afterRollback(() => void followed.push('rollback'))
        if (fails) throw withdrawn
      })
    await work(false)
    assert.equal(await rejectionOf(() => work(true)), withdrawn)
    assert.deepEqual(followed, ['commit', 'rollback'])
  })

  test('SQO-022 SQO-090 which tables there are, and whether one is, can be asked', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey() }) {}
    const pool = openPool(t, database)
    const db = connect(pool, [User])
    assert.deepEqual([await db.tableNames(), await User.tableExists()], [[], false])
    for (const sql of User.createTableSql()) await pool.runOperation(sql)
    assert.deepEqual([await db.tableNames(), await User.tableExists()], [['users'], true])
    await User.dropTable()
    assert.equal(await User.tableExists(), false)
  })

  test('SQO-050 SQO-101 an accessor of the class stands over a column', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), phone: c.text() }) {
      get number(): string {
        return `+${this.phone}`
      }
      set number(text: string) {
        this.phone = text.replaceAll(/\D/g, '')
      }
    }
    const pool = openPool(t, database)
    await connect(pool, [User]).createTables()
    const user = new User({})
    user.number = '+49 (30) 123'
    await user.save()
    assert.deepEqual(await User.all().pluck('phone'), ['4930123'])
    assert.equal((await User.get(user.id)).number, '+4930123')
  })

  test('SQO-074 SQO-078 a key need not be a constraint, and a column may hold what a program serializes', async (t) => {
    const serialized = {
      storage: 'blob' as const,
      read: (raw: unknown): Map<string, number> => deserialize(raw as Uint8Array),
      write: (value: Map<string, number>) => serialize(value),
    }
    class Score extends Model('scores', {
      id: c.integer().primaryKey(),
      userId: c.integer('user_id'),
      points: c.custom<Map<string, number>>(serialized),
    }) {}
    const pool = openPool(t, database)
    await connect(pool, [Score]).createTables()
    const points = new Map([['ann', 3]])
    const { id } = await Score.create({ userId: 99, points })
    assert.deepEqual((await Score.get(id)).points, points)
  })

  test('DBA-006 days, times of day and points in time are bound by declared columns, and months are 1 to 12', async (t) => {
    class Visit extends Model('visits', {
      id: c.integer().primaryKey(),
      day: c.date(),
      time: c.time(),
      at: c.datetime(),
    }) {}
    const pool = openPool(t, database)
    await connect(pool, [Visit]).createTables()
    const at = new Date('2026-12-31T23:59:59.123Z')
    const { id } = await Visit.create({ day: '2026-12-31', time: '23:59:59', at })
    const { day, time, at: again } = await Visit.get(id)
    assert.deepEqual([day, time, again], ['2026-12-31', '23:59:59', at])
    assert.equal(await Visit.where({ day: '2026-12-31', at }).count(), 1)
    for (const wrong of ['2026-13-01', '2026-00-01', '2026-02-30', '26-1-1', '']) {
      await refused(() => Visit.create({ day: wrong, time, at }), UnsupportedValueError, {
        code: 'ATTRIBUTE_VALUE',
        kind: 'value',
      })
    }
    assert.equal(await Visit.count(), 1)
  })

  test('TWI-162 what is tried again is the whole transaction, and what its failed attempts did is undone', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}
    const pool = openPool(t, database)
    await connect(pool, [User]).createTables()
    let attempts = 0
    await pool.runInteraction({ retry: { attempts: 3, delay: 0, on: (error) => error === withdrawn } }, async () => {
      await User.create({ name: `attempt ${++attempts}` })
      if (attempts < 3) throw withdrawn
    })
    assert.deepEqual(await User.all().pluck('name'), ['attempt 3'])
  })
})

test('SQO-007 SQO-012 what stands twice in a URL is refused, and each driver names the parameters that it has', () => {
  const wrong = { code: 'INVALID_OPTION' }
  assert.throws(() => new ConnectionPool('sqlite:app.db?busyTimeout=1&busyTimeout=2'), wrong)
  assert.throws(() => new ConnectionPool('sqlite:app.db?sslmode=require'), {
    ...wrong,
    message: /readOnly, create, busyTimeout/,
  })
})
