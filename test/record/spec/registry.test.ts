import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, connect, Model, ModelError, type StatementLog } from 'offloop/record'
import type { LogEntry } from '../../../src/pool/telling-options.ts'
import { closedAtEnd, onTunedAndServers, openPool } from '../../databases.ts'
import { refused, rejectionOf } from '../../pool/expect.ts'
import gates from '../../pool/fixtures/gate-driver.ts'
import { asSqlite, prepare } from '../tables.ts'

const USERS = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)'

/** A model of its own for each test: a model has one database. */
const userModel = () => class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {}

test('TWI-005 a driver whose SQL nobody can write is refused by connect, which names those that it can', async (t) => {
  const pool = closedAtEnd(t, new ConnectionPool(gates, {}))
  await refused(() => connect(pool, [userModel()]), ModelError, {
    code: 'NO_DATABASE',
    kind: 'usage',
    message: /sqlite, postgres or mysql/,
  })
})

test('SQO-026 no database is never a database: null and undefined are refused by name, and change nothing', async () => {
  const User = userModel()
  for (const place of [null, undefined]) {
    await refused(() => connect(place as never, [User]), ModelError, { code: 'NO_DATABASE', kind: 'usage' })
    await refused(() => User.on(place as never), ModelError, { code: 'NO_DATABASE', kind: 'usage' })
  }
})

onTunedAndServers((database, suite) => {
  const first = openPool(suite, database)
  const second = openPool(suite, database)
  const ready = Promise.all([first, second].map((pool) => prepare(pool, USERS)))

  test('TWI-001 SQO-024 SQO-027 models get a database once for all, another one by the call, or for some work', async () => {
    await ready
    const [User, Loose] = [userModel(), userModel()]
    connect(first, [User])
    const others = connect(second)
    await User.create({ name: 'first' })
    await User.on(second).create({ name: 'second' })
    assert.deepEqual(await User.all().pluck('name'), ['first'])
    assert.deepEqual(await User.on(others).all().pluck('name'), ['second'])
    // A model that has no database of its own is used on that of the work around it, and of no other.
    assert.deepEqual(await others.run(() => Loose.all().pluck('name')), ['second'])
    await refused(() => Loose.all(), ModelError, { code: 'NO_DATABASE', kind: 'usage' })
    await User.deleteAll()
    await User.on(second).deleteAll()
  })

  test('TWI-006 D058 SQO-021 a model is bound to a pool, not to the kind of the first pool that there was', async () => {
    await ready
    const User = userModel()
    const [one, two] = [User.on(first), User.on(second)]
    assert.equal(User.on(first), one)
    assert.notEqual(one, two)
    const ann = await one.create({ name: 'ann' })
    assert.ok(ann instanceof User)
    assert.equal(await two.find(ann.id), null)
    await ann.update({ name: 'anna' })
    assert.deepEqual(await one.all().pluck('name'), ['anna'])
    await ann.delete()
  })

  test('TWI-002 SQO-035 SQO-036 models are found by reference, also later ones: two of one name need two databases', async (t) => {
    const pool = openPool(t, database)
    const shop = () => {
      class Item extends Model('items', { id: c.integer().primaryKey(), orderId: c.integer() }) {
        order = this.belongsTo(() => Order)
      }
      class Order extends Model('orders', { id: c.integer().primaryKey() }) {
        items = this.hasMany(() => Item)
      }
      return [Item, Order] as const
    }
    const blog = () => {
      class Item extends Model('posts', { id: c.integer().primaryKey(), title: c.text() }) {}
      return Item
    }
    const [Item, Order] = shop()
    const Post = blog()
    assert.throws(() => connect(pool, [Item, Order, Post]), { code: 'INVALID_MODEL', message: /called Item: rename/ })
    const other = openPool(t, database)
    connect(pool, [Item, Order])
    connect(other, [Post])
    await prepare(pool, 'CREATE TABLE items (id INTEGER PRIMARY KEY, orderId INTEGER)')
    await prepare(pool, 'CREATE TABLE orders (id INTEGER PRIMARY KEY)')
    await prepare(other, 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT)')
    const order = await Order.create({})
    const item = await Item.create({ orderId: order.id })
    await Post.create({ title: 'an item of another kind' })
    assert.deepEqual(
      (await order.items.get()).map(({ id }) => id),
      [item.id],
    )
    assert.equal((await item.order.get())?.id, order.id)
    assert.deepEqual([Item.name, Post.name], ['Item', 'Item'])
    assert.deepEqual([await Item.all().count(), await Post.all().pluck('title')], [1, ['an item of another kind']])
  })

  test('TWI-003 a class that is no model, or that nobody connected, is refused by its name', async () => {
    class Plain {}
    await refused(() => connect(first, [Plain]), ModelError, {
      code: 'INVALID_MODEL',
      kind: 'usage',
      message: /Plain is no model: it must extend Model\(\.\.\.\)/,
    })
    class Lost extends Model('lost', { id: c.integer().primaryKey() }) {}
    await refused(() => Lost.find(1), ModelError, {
      code: 'NO_DATABASE',
      kind: 'usage',
      message: /Lost belongs to no database yet: connect\(pool, \[Lost\]\)/,
    })
  })

  test('TWI-009 TWI-011 SQO-015 every statement of records is told, with text and values of any kind', async (t) => {
    const pool = openPool(t, database)
    const told: StatementLog[] = []
    const User = userModel()
    // MySQL is asked once whether it gives back what it inserts.
    const log = (entry: StatementLog) => void (entry.error ?? told.push(entry))
    connect(pool, [User], { log, logValues: true })
    await prepare(pool, USERS)
    const names = ['Estebán', 'الغزالي', '😀\u0007', '%s %d ?', "o'clock"]
    for (const name of names) await User.create({ name })
    assert.deepEqual(
      told.map(({ values }) => values),
      names.map((name) => [name]),
    )
    for (const { sql, duration } of told) {
      assert.match(asSqlite(sql), /^insert into "users"/)
      assert.ok(duration >= 0)
    }
    await User.where({ name: 'Estebán' }).count()
    assert.match(asSqlite(told.at(-1)?.sql), /^select count\(\*\) from "users"/)
    assert.equal(told.at(-1)?.error, undefined)
  })

  test('TWI-009 values are secrets unless asked for, and a statement that fails is told with its error', async (t) => {
    const pool = openPool(t, database)
    const told: StatementLog[] = []
    const User = userModel()
    connect(pool, [User], { log: (entry) => void told.push(entry) })
    const error = await rejectionOf(() => User.create({ name: 'canary' }))
    assert.equal(told.length, database.name === 'mysql' ? 2 : 1)
    assert.equal(told.at(-1)?.error, error)
    assert.ok(told.every(({ values }) => values === undefined))
    assert.doesNotMatch(JSON.stringify(told), /canary/)
  })

  test('TWI-010 D050 a logger that throws changes no outcome, and is not passed over in silence', async (t) => {
    const pool = openPool(t, database)
    const User = userModel()
    const log = () => {
      throw new Error('no log today')
    }
    connect(pool, [User], { log, logValues: true })
    await prepare(pool, USERS)
    const warned = once(process, 'warning')
    const ann = await User.create({ name: 'ann' })
    assert.equal((await User.find(ann.id))?.name, 'ann')
    const [warning] = await warned
    assert.deepEqual([warning.name, warning.code], ['OffloopLog', 'OFFLOOP_LOG'])
    assert.match(warning.message, /no log today/)
  })

  test('TWI-011 a log of the pool takes text of any kind, and values only when asked', async (t) => {
    const entries: LogEntry[] = []
    const pool = openPool(t, database, { logQueries: 'values', log: (entry) => void entries.push(entry) })
    await pool.runQuery(
      database.dialect.sql(`SELECT 'Estebán 😀' AS name, ${database.dialect.typed('text')} AS value`),
      ['الغزالي'],
    )
    assert.match(entries[0]?.message ?? '', /SELECT 'Estebán 😀' AS name/)
    assert.deepEqual(entries[0]?.details.values, ['الغزالي'])
  })
})
