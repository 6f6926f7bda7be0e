import assert from 'node:assert/strict'
import { it } from 'node:test'
import { inspect } from 'node:util'
import type { ConnectionPool } from 'offloop'
import { connect, gte, Model, snakeCase } from 'offloop/record'
import { type Database, type Owner, onTunedAndServers, openPool } from '../../databases.ts'
import { prepare } from '../tables.ts'

interface UserRow {
  id: number
  first_name: string
  age: number | null
  active: boolean
  born: Date | null
  data: { a: number } | null
  save: string
}

const CREATE = `CREATE TABLE users (
  id INTEGER PRIMARY KEY, first_name VARCHAR(5) NOT NULL, age INT, active BOOLEAN DEFAULT TRUE, born DATETIME, data JSON, save TEXT
)`

const READS_COLUMNS = /pragma_table_xinfo|from pg_attribute|from information_schema\.columns/

async function start(owner: Owner, database: Database, sql = CREATE): Promise<ConnectionPool> {
  const pool = openPool(owner, database)
  await prepare(pool, sql)
  return pool
}

onTunedAndServers((database, suite) => {
  it('TWI-012 TWI-016 SQO-043 SQO-230 a model needs no columns: they are those of the table', async () => {
    class User extends Model<UserRow>() {}
    const pool = await start(suite, database)
    connect(pool, [User])
    const joe = await User.create({ first_name: 'joe', age: 5, born: new Date(0), data: { a: 1 } })
    assert.deepEqual([joe.id, joe.active, joe.isNew], [1, true, false])
    const [found] = await User.where({ first_name: 'joe', active: true, age: gte(5) }).orderBy('-id')
    assert.deepEqual(found?.toObject(), {
      id: 1,
      first_name: 'joe',
      age: 5,
      active: true,
      born: new Date(0),
      data: { a: 1 },
      save: null,
    })
    assert.deepEqual({ ...found?.changes }, {})
    assert.equal((await User.find(1))?.equals(joe), true)
    assert.deepEqual(await User.all().pluck('first_name'), ['joe'])
    assert.equal(await User.all().count(), 1)
    assert.equal((await User.all().first())?.id, 1)
    await joe.delete()
    assert.equal(await User.all().exists(), false)
  })

  it('TWI-015 TWI-024 what is no column stays on the record and is not saved', async () => {
    class User extends Model<UserRow & { shoe: number }>() {}
    const pool = await start(suite, database)
    const joe = new User({ first_name: 'joe', shoe: 43, save: 'yes' })
    joe.age = 7
    assert.equal(joe.age, 7)
    assert.equal(inspect(joe), "<User (new) first_name: 'joe', shoe: 43, age: 7, save: 'yes'>")
    connect(pool, [User])
    await joe.save()
    assert.deepEqual([joe.id, joe.first_name, joe.age, joe.shoe, joe.get('save')], [1, 'joe', 7, 43, 'yes'])
    assert.deepEqual(await pool.runQuery('SELECT first_name, age, save FROM users'), [
      { first_name: 'joe', age: 7, save: 'yes' },
    ])
    joe.age = 8
    assert.deepEqual({ ...joe.changes }, { age: [7, 8] })
    joe.shoe = 44
    await joe.save()
    assert.equal((await User.find(1))?.age, 8)
    assert.equal((await User.find(1))?.shoe, undefined)
  })

  it('columns that come and go are noticed, and records that there are keep what they have', async () => {
    class User extends Model<UserRow & { height: number; name: string }>('users') {}
    const pool = await start(suite, database)
    connect(pool, [User])
    const joe = await User.create({ first_name: 'joe', age: 5, save: 's' })
    await pool.runOperation('ALTER TABLE users DROP COLUMN age')
    assert.equal((await User.find(1))?.first_name, 'joe')
    assert.equal(joe.first_name, 'joe')
    assert.equal(joe.get('save'), 's')
    await pool.runOperation('ALTER TABLE users ADD COLUMN height REAL')
    assert.equal(await User.where({ height: 1.5 }).count(), 0)
    const tall = await User.create({ first_name: 'tall', height: 2.5 })
    assert.equal((await User.find(tall.id))?.height, 2.5)
    joe.height = 1
    joe.first_name = 'jim'
    await joe.save()
    const found = await User.find(1)
    assert.deepEqual([found?.first_name, found?.height, found?.get('save')], ['jim', 1, 's'])
    await pool.runOperation('ALTER TABLE users ADD COLUMN age INT')
    User.clearSchema()
    joe.age = 50
    await joe.save()
    assert.equal((await User.find(1))?.age, 50)
    await assert.rejects(async () => await User.where({ name: 'x' }), { kind: 'missing' })
    assert.equal(await User.all().count(), 2)
  })

  it('SQO-230 a table that is not there is told of, and found once it is', async () => {
    class User extends Model<UserRow>() {}
    const pool = openPool(suite, database)
    connect(pool, [User])
    await assert.rejects(async () => await User.all(), { code: 'NO_TABLE', message: /the table "users" of User/ })
    await assert.rejects(User.loadSchema(), { code: 'NO_TABLE' })
    assert.throws(() => new User().changes, { code: 'SCHEMA_NOT_READ', message: /await User\.loadSchema\(\)/ })
    await prepare(pool, CREATE)
    assert.deepEqual(await User.all(), [])
    assert.throws(() => User.createTableSql(), { code: 'INVALID_MODEL', message: /declares no columns/ })
  })

  it('SQO-234 columns found in the database are named by the style', async () => {
    class User extends Model<{ id: number; firstName: string; age: number | null }>('users', { names: snakeCase }) {}
    const pool = await start(suite, database)
    connect(pool, [User])
    const joe = await User.create({ firstName: 'joe' })
    assert.deepEqual(await User.where({ firstName: 'joe' }).pluck('firstName'), ['joe'])
    assert.equal((await User.find(joe.id))?.firstName, 'joe')
  })

  it('what nobody promised is handed over as it is', async () => {
    // Servers let nothing into a column that does not fit it.
    if (database.dialect.name !== 'sqlite') return
    class User extends Model<UserRow>() {}
    const pool = await start(suite, database)
    connect(pool, [User])
    await pool.runOperation(
      "INSERT INTO users (first_name, age, active, born, data) VALUES ('longer than five', 'many', 7, 1234, '{')",
    )
    const [user] = await User.all()
    const { first_name, age, active, born, data } = user ?? {}
    assert.deepEqual([first_name, age, active, born, data], ['longer than five', 'many', 7, 1234, '{'])
    await assert.rejects(User.create({ first_name: 'x', active: 'maybe' as never }), { code: 'ATTRIBUTE_VALUE' })
  })

  it('many first uses at once read the table once, and a field that hides a column is refused', async () => {
    class User extends Model<UserRow>() {}
    class Hiding extends Model<UserRow>('users') {
      override age = 5
    }
    const pool = await start(suite, database)
    connect(pool, [User, Hiding])
    const asked: string[] = []
    const query = pool.runQuery.bind(pool)
    pool.runQuery = ((sql: string, ...rest: never[]) => {
      asked.push(sql)
      return query(sql, ...rest)
    }) as never
    await Promise.all([User.all(), User.all().count(), User.find(1), User.all().first()])
    assert.equal(asked.filter((sql) => READS_COLUMNS.test(sql)).length, 1)
    await assert.rejects(async () => await Hiding.all(), { code: 'INVALID_MODEL', message: /the field age of Hiding/ })
  })

  it('callbacks run once, also where a column is found to be gone', async () => {
    class User extends Model<UserRow>() {
      static ran = 0
      static {
        this.beforeSave(() => {
          User.ran += 1
        })
      }
    }
    const pool = await start(suite, database)
    connect(pool, [User])
    await User.create({ first_name: 'joe' })
    await pool.runOperation('ALTER TABLE users DROP COLUMN age')
    const make = () => User.create({ first_name: 'jim', age: 5 })
    // Of a transaction of PostgreSQL nothing goes on after an error; the next one knows.
    if (database.dialect.name === 'postgres') {
      await assert.rejects(make(), { kind: 'missing' })
      User.ran = 1
    }
    const jim = await make()
    assert.deepEqual([User.ran, jim.isNew, await User.all().count()], [2, false, 2])
  })

  it('a table without a key, and a view, can be read', async () => {
    class Log extends Model<{ text: string }>('log') {}
    class Shout extends Model<{ loud: string }>('shouts') {}
    const pool = await start(suite, database, 'CREATE TABLE log (text TEXT)')
    await pool.runOperation('CREATE VIEW shouts AS SELECT upper(text) AS loud FROM log')
    connect(pool, [Log, Shout])
    const entry = await Log.create({ text: 'a' })
    assert.deepEqual(await Log.all().pluck('text'), ['a'])
    assert.deepEqual(await Shout.all().pluck('loud'), ['A'])
    assert.throws(() => entry.key, { code: 'INVALID_MODEL' })
    await assert.rejects(entry.delete(), { code: 'INVALID_MODEL' })
  })
})
