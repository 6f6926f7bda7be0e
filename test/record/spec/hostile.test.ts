import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConnectionPool, InterfaceError, UnsupportedValueError } from 'offloop'
import { column as c, connect, eq, gte, like, Model, ModelError, oneOf } from 'offloop/record'
import { closedAtEnd, onTunedAndServers, openPool } from '../../databases.ts'
import { refused, rejectionOf } from '../../pool/expect.ts'
import { prepare } from '../tables.ts'

/** A model whose columns have hostile names too, its table, and a table that nobody must touch. */
async function target(pool: ConnectionPool) {
  class User extends Model('users', {
    id: c.integer().primaryKey(),
    login: c.text(),
    age: c.integer().nullable(),
    data: c.json().nullable(),
    odd: c.text('a"b; --').nullable(),
  }) {}
  connect(pool, [User])
  await prepare(
    pool,
    'CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT NOT NULL, age INTEGER, data TEXT, "a""b; --" TEXT)',
  )
  await prepare(pool, 'CREATE TABLE canary (song TEXT)')
  await pool.runOperation("INSERT INTO canary VALUES ('sings')")
  await User.create({ login: 'ann', age: 0, odd: 'x' })
  return User
}

/** What somebody writes who hopes that it becomes SQL. */
const injections = [
  "'; DROP TABLE canary; --",
  '"; DROP TABLE canary; --',
  "' OR '1'='1",
  '1 OR 1=1',
  'id; DELETE FROM canary',
  'id DESC, (SELECT song FROM canary)',
  'a"b; --',
  '`id`',
  '[id]',
  '\\',
  "\\'",
  '%',
  '?',
  '?1',
  ':a',
  '$1',
  '/*',
  '--',
  '\u0001',
  '\u2019',
  '\uff07',
  '__proto__',
  'constructor',
  'toString',
  '',
  ' id',
  'ID',
  'id\u0000',
] as const

const text = fc.oneof(
  fc.constantFrom(...injections),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii' }),
)
// What SQLite itself refuses in one of the drivers is no matter of SQL from data.
const storable = text.filter((value) => !value.includes('\u0000') && value.isWellFormed())

onTunedAndServers((database) => {
  test('F122 P18 a condition that came as JSON is a value: objects are refused, and no operator is in them', async (t) => {
    const pool = openPool(t, database)
    const User = await target(pool)
    const bodies = [
      '{"age":{"gt":0}}',
      '{"age":{"$gt":0}}',
      '{"login":{"not":""}}',
      '{"login":{"like":"%"}}',
      '{"login":{"name":"like","values":["%"]}}',
      '{"id":{"toSqlString":"1"}}',
      '{"id":{"sql":"1","values":[]}}',
      '{"id":{"by":"id","descending":true}}',
      '{"id":[[1]]}',
      '{"age":true}',
      '{"age":"0"}',
      '{"login":0}',
    ]
    for (const body of bodies) {
      const error = await rejectionOf(() => User.where(JSON.parse(body)))
      assert.ok(error instanceof UnsupportedValueError, `${body}: ${String(error)}`)
      assert.equal(error.code, 'ATTRIBUTE_VALUE')
    }
    for (const body of [
      '{"$or":[{"id":1}]}',
      '{"__proto__":{"id":1}}',
      '{"constructor":1}',
      '{"and":[]}',
      '{"password":1}',
    ]) {
      await refused(() => User.findBy(JSON.parse(body)), ModelError, { code: 'UNKNOWN_ATTRIBUTE', kind: 'usage' })
    }
    // A list of keys is one of several values, and means no more than these.
    assert.equal(await User.where(JSON.parse('{"id":[0]}')).count(), 0)
    for (const whole of ['[]', '["1 = 1"]', '"1 = 1"', '1', 'null', 'true']) {
      assert.ok((await rejectionOf(() => User.findBy(JSON.parse(whole)))) instanceof Error, whole)
    }
    // In a JSON column an object is a value like any other.
    await User.create({ login: 'bob', data: { gt: 0 } })
    assert.deepEqual(await User.where({ data: { gt: 0 } }).pluck('login'), ['bob'])
  })

  test('F122 no text matches a number, nor a number a text, whatever the database thinks of it', async (t) => {
    const pool = openPool(t, database)
    const User = await target(pool)
    await refused(() => User.where({ login: 0 as never }), UnsupportedValueError, {
      code: 'ATTRIBUTE_VALUE',
      kind: 'value',
    })
    await refused(() => User.find('1 OR 1=1' as never), UnsupportedValueError, {
      code: 'ATTRIBUTE_VALUE',
      kind: 'value',
    })
    await refused(() => User.where({ age: eq('0' as never) }), UnsupportedValueError, {
      code: 'ATTRIBUTE_VALUE',
      kind: 'value',
    })
  })

  test('F123 TWI-076 SQO-131 D054 names are those of attributes: nothing else sorts, selects, groups or compares', async (t) => {
    const pool = openPool(t, database)
    const User = await target(pool)
    for (const name of injections) {
      const given = name as never
      const calls = [
        () => User.orderBy(given),
        () => User.orderBy(`-${name}` as never),
        () => User.select(given),
        () => User.pluck(given),
        () => User.group(given).count(),
        () => User.sum(given),
        () => User.max(given),
        () => User.where({ [name]: 1 } as never),
        () => User.all().include(given),
        () => User.find({ orderBy: given }),
      ]
      for (const call of calls) {
        const error = await rejectionOf(call)
        assert.ok(error instanceof InterfaceError, `${JSON.stringify(name)}: ${call} gave ${String(error)}`)
      }
    }
    for (const order of [{ id: 'asc, (select 1)' }, ['id', 'desc; drop'], 1, null, true]) {
      await refused(() => User.orderBy(order as never), ModelError, { code: 'INVALID_QUERY', kind: 'usage' })
    }
    assert.deepEqual(await pool.runQuery('SELECT song FROM canary'), [{ song: 'sings' }])
  })

  test('F123 TWI-072 limits and offsets are whole numbers, and nothing that becomes one', async (t) => {
    const pool = openPool(t, database)
    const User = await target(pool)
    for (const count of [
      '1; DROP TABLE canary',
      '1',
      -1,
      1.5,
      1e21,
      Number.NaN,
      Infinity,
      1n,
      null,
      [1],
      { valueOf: () => 1 },
    ]) {
      const given = count as never
      for (const call of [
        () => User.limit(given),
        () => User.offset(given),
        () => User.slice(given),
        () => User.page(given, 1),
      ]) {
        const error = await rejectionOf(call)
        assert.ok(error instanceof RangeError || error instanceof TypeError, String(error))
        assert.equal('code' in error && error.code, 'INVALID_OPTION')
      }
    }
    assert.deepEqual(await pool.runQuery('SELECT song FROM canary'), [{ song: 'sings' }])
  })

  test('P18 NOD-018 hostile values are stored, found and given back as they are, and the canary sings on', async (t) => {
    const pool = openPool(t, database)
    const User = await target(pool)
    const byHand = `login = ? AND ${database.dialect.quote('a"b; --')} = ? AND id = ?`
    await fc.assert(
      fc.asyncProperty(storable, storable, async (login, odd) => {
        const { id } = await User.create({ login, odd })
        const found = await User.where({ login, odd, id }).getOne()
        assert.deepEqual([found.login, found.odd], [login, odd])
        assert.equal(await User.where([byHand, login, odd, id]).count(), 1)
        await found.update({ login: odd, odd: login })
        assert.deepEqual(await User.where({ id }).pluck('login', 'odd'), [[odd, login]])
      }),
      { numRuns: database.dialect.name === 'sqlite' ? 150 : 30 },
    )
    assert.deepEqual(await pool.runQuery('SELECT song FROM canary'), [{ song: 'sings' }])
  })
})

test('P18 of 50,000 hostile queries the text of each is that of a tame one, and all that is hostile is a value', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool('sqlite::memory:'))
  const User = await target(pool)
  const query = (value: string, age: number, limit: number) =>
    User.where({ login: value, age: gte(age), odd: like(value), data: { [value]: [value] } })
      .where(['login <> ? OR odd = ?', value, value])
      .where({ login: oneOf([value, `${value}x`]) })
      .orderBy('-login', 'odd')
      .limit(limit)
      .offset(1)
  const tame = query('tame', 1, 1).toSql()
  let count = 0
  fc.assert(
    fc.property(text, fc.integer(), fc.nat(), (value, age, limit) => {
      const { sql, values } = query(value, age, limit).toSql()
      count++
      assert.equal(sql, tame.sql)
      assert.equal(values.length, tame.values.length)
      assert.ok(values.includes(value))
    }),
    { numRuns: 50_000 },
  )
  assert.equal(count, 50_000)
  assert.equal(tame.sql.split('"').length % 2, 1)
  assert.doesNotMatch(tame.sql, /;(?! --")/)
})
