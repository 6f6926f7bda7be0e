import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionPool, IntegrityError, OperationalError, ProgrammingError } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'
import { plan } from '../../../src/drivers/sqlite/options.ts'
import { closedAtEnd, folder, onTunedAndServers, onTunedDatabases, openPool } from '../../databases.ts'
import { refused } from '../../pool/expect.ts'
import { prepare, sqlFor } from '../tables.ts'

onTunedAndServers((database) => {
  test('SQO-001 SEE-008 a URL is all that a program needs to keep records', async (t) => {
    class Person extends Model('people', { id: c.integer().primaryKey(), name: c.text() }) {}
    const pool = openPool(t, database)
    connect(pool, [Person])
    await prepare(pool, 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
    const { id } = await Person.create({ name: 'Edward' })
    assert.equal((await Person.find(id))?.name, 'Edward')
  })

  test('SQO-016 what the database refuses is an error of the tree, a value twice by its own kind', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey(), login: c.text() }) {}
    const pool = openPool(t, database)
    connect(pool, [User])
    await refused(() => User.all(), ProgrammingError, {
      code: database.dialect.codes.missing,
      kind: 'missing',
      message: /users/,
    })
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE)')
    await User.create({ login: 'ann' })
    const twice = await refused(() => User.create({ login: 'ann' }), IntegrityError, {
      code: database.dialect.codes.unique,
      kind: 'unique',
    })
    // MariaDB and MySQL tell the index at most.
    if (database.dialect.name !== 'mysql') assert.deepEqual([twice.table, twice.columns], ['users', ['login']])
    assert.equal(await User.all().count(), 1)
  })

  test('SQO-019 rows, one row, the key of a new row and descriptions come from SQL by hand too', async (t) => {
    const pool = openPool(t, database)
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
    await pool.runOperation("INSERT INTO users (name) VALUES ('ann')")
    const { lastRowId } = await pool.runOperation("INSERT INTO users (name) VALUES ('bob')")
    assert.equal(lastRowId, database.dialect.can.lastRowId ? 2 : null)
    assert.deepEqual(await pool.runQuery('SELECT id FROM users ORDER BY id'), [{ id: 1 }, { id: 2 }])
    await pool.runInteraction(async (txn) => {
      await txn.execute(sqlFor(pool, 'SELECT name FROM users WHERE id = ?'), 2)
      assert.deepEqual(await txn.fetchOne(), { name: 'bob' })
      assert.deepEqual(
        txn.description?.map(({ name }) => name),
        ['name'],
      )
    })
  })

  test('SQO-020 records use the connections of the pool that they are given, and no more', async (t) => {
    class User extends Model('users', { id: c.integer().primaryKey() }) {}
    const pool = openPool(t, database, { max: 2 })
    connect(pool, [User])
    await prepare(pool, 'CREATE TABLE users (id INTEGER PRIMARY KEY)')
    await Promise.all(Array.from({ length: 50 }, () => User.create({})))
    await Promise.all(Array.from({ length: 50 }, (_, i) => User.find(i + 1)))
    assert.equal(await User.all().count(), 50)
    assert.ok(pool.stats().opened <= 2)
  })
})

onTunedDatabases((database) => {
  test('SQO-013 two pools of one URL know nothing of each other, and one that is closed is in nobody’s way', async (t) => {
    const url = `${database.driver}:${folder(t)}/twice.db`
    const [one, two] = [1, 2].map(() => closedAtEnd(t, new ConnectionPool(url)))
    assert.ok(one && two)
    await prepare(one, 'CREATE TABLE notes (text TEXT)')
    await one.close()
    await two.runOperation("INSERT INTO notes VALUES ('kept')")
    await two.close()
    const three = closedAtEnd(t, new ConnectionPool(url))
    assert.deepEqual(await three.runQuery('SELECT text FROM notes'), [{ text: 'kept' }])
  })

  test('SQO-004 a host, a port, a user or a password of an embedded database is refused, and not repeated', () => {
    for (const where of ['host', 'host:5432', 'user@host', 'user:hunter2@host', ':hunter2@']) {
      const url = `${database.driver}://${where}/app.db`
      assert.throws(
        () => new ConnectionPool(url),
        (error: TypeError & { code: string }) => {
          assert.equal(error.code, 'INVALID_OPTION')
          assert.match(error.message, /would begin with a host; write "sqlite:app\.db"/)
          assert.doesNotMatch(error.message, /hunter2/)
          return true
        },
      )
    }
  })

  test('SQO-008 SQO-010 a parameter of a URL is obeyed or refused by name, and never swallowed', () => {
    for (const name of ['autoCommit', 'debug', 'cache', 'logger', 'check_same_thread', 'readonly']) {
      assert.throws(() => new ConnectionPool(`${database.driver}:app.db?${name}=0`), {
        code: 'INVALID_OPTION',
        message: new RegExp(`"${name}" cannot be set in a URL. Options of a URL: readOnly, create, busyTimeout,`),
      })
    }
  })
})

test('SQO-009 what is on or off in a URL is said by any of the usual words, and by no other', () => {
  const read = (text: string) => plan(`app.db?readOnly=${text}`).options.readOnly
  for (const word of ['true', 'yes', 'on', '1', 'TRUE', 'Yes']) assert.equal(read(word), true)
  for (const word of ['false', 'no', 'off', '0', 'False', 'OFF']) assert.equal(read(word), false)
  for (const word of ['', '2', 'ja', 'y', 'null', '%00']) assert.throws(() => read(word), { code: 'INVALID_OPTION' })
})

test('SQO-003 one database in memory is meant by every way to write it, and it is no file', async (t) => {
  for (const text of [':memory:', '/:memory:', '///:memory:']) {
    const pool = closedAtEnd(t, new ConnectionPool(`sqlite:${text}`))
    assert.equal(pool.stats().database, 'sqlite::memory:')
    await assert.rejects(pool.runQuery('SELECT * FROM nothing'), ProgrammingError)
  }
  await assert.rejects(new ConnectionPool(`sqlite:${folder(t)}/none/app.db`).runQuery('SELECT 1'), OperationalError)
})
